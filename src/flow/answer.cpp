#include "flow/answer.hpp"

#include "payments/document.hpp"

namespace florin::flow {
namespace {

constexpr int kServiceUnavailable = 503;
constexpr int kRetryAfterSeconds = 1;

}  // namespace

Answer stored_answer(const store::StoredResult& result, bool replayed) {
    return Answer{.status = result.http_status,
                  .body = result.body,
                  .replayed = replayed,
                  .retry_after_s = result.http_status == kServiceUnavailable ? kRetryAfterSeconds : 0};
}

Answer provisional_answer(const payments::Payment& payment) {
    return Answer{
        .status = 202, .body = payments::document(payment), .replayed = false, .retry_after_s = kRetryAfterSeconds};
}

}  // namespace florin::flow
