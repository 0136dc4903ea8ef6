#include "flow/answer.hpp"

#include "payments/document.hpp"

namespace florin::flow {
namespace {

constexpr int kAccepted = 202;
constexpr int kServiceUnavailable = 503;
constexpr int kRetryAfterSeconds = 1;

}  // namespace

Answer stored_answer(const store::StoredResult& result, bool replayed) {
    return Answer{.status = result.http_status,
                  .body = result.body,
                  .replayed = replayed,
                  .retry_after_s = result.http_status == kServiceUnavailable ? kRetryAfterSeconds : 0};
}

Answer provisional_answer(const payments::Payment& payment, const payments::Attempt& attempt) {
    const bool creates = payments::creates_payment(attempt.kind);
    return Answer{
        .status = kAccepted,
        .body = creates ? payments::document(payment) : payments::document(payment, attempt, payments::OperationView{}),
        .replayed = false,
        .retry_after_s = kRetryAfterSeconds};
}

}  // namespace florin::flow
