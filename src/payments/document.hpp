// The payment document: the HTTP response, the replayed bytes and the data of events, rendered by one pure function.
// A failed creation is answered with problem+json (RFC 9457) that carries the document as `payment`.
#pragma once

#include <string>

#include "base/error.hpp"
#include "payments/payment.hpp"

namespace florin::payments {

// {"payment_id":"pay_…","status":"captured",…}: the members and their order are those of api/openapi.yaml.
std::string document(const Payment& payment);

// {"type":…,"title":…,"status":402,"code":…,"detail":…,"request_id":"req_…","payment":{…}}
// The one renderer of problem+json bodies; `payment_document` may be empty.
std::string problem(int http_status, const Refusal& refusal, RequestId request, std::string_view payment_document = {});

}  // namespace florin::payments
