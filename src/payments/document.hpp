// The payment document: the HTTP response, the replayed bytes and the data of events, rendered by one pure function.
// A failed creation is answered with problem+json (RFC 9457) that carries the document as `payment`.
#pragma once

#include <string>

#include "base/error.hpp"
#include "payments/operation.hpp"

namespace florin::payments {

// {"payment_id":"pay_…","status":"captured",…}: the members and their order are those of api/openapi.yaml.
std::string document(const Payment& payment);

// How an operation stands, in the API's words.
struct OperationView {
    std::string_view status = "pending";        // pending, succeeded, declined, not_executed, refused
    std::optional<std::string> failure_code{};  // declined, refused
    std::optional<std::string> failure_reason{};
};
// `judgement` is empty while nothing is known.
OperationView view_of(const std::optional<Judgement>& judgement);

// {"operation_id":"op_…","type":"capture","status":…,"amount":…,"currency":…,"created_at":…}; a capture adds final and
// released_amount, a refund refund_id and reason (null without one), a failure failure_code and failure_reason.
std::string operation_document(const Attempt& attempt, const OperationView& view);

// The payment's document with that as its last member "operation": the answer to a capture, void or refund.
std::string document(const Payment& payment, const Attempt& attempt, const OperationView& view);
std::string document(const Payment& payment, const Attempt& attempt, const std::optional<Judgement>& judgement);

// {"type":…,"title":…,"status":402,"code":…,"detail":…,"request_id":"req_…","payment":{…}}
// The one renderer of problem+json bodies; `payment_document` may be empty.
std::string problem(int http_status, const Refusal& refusal, RequestId request, std::string_view payment_document = {});

}  // namespace florin::payments
