#include "flow/refusals.hpp"

namespace florin::flow {

Refusal key_reused(std::string pointer) {
    const std::string where = pointer.empty() ? "" : " It differs in " + pointer + ".";
    return {.error = Error::idempotency_key_reused,
            .detail = "This Idempotency-Key was used with another request." + where +
                      " Send the first request again unchanged, or this one with a new key.",
            .pointer = std::move(pointer)};
}

Refusal still_beginning() {
    return {.error = Error::conflict,
            .detail = "A request with this Idempotency-Key has just begun. Repeat it with the same key.",
            .retry_after_s = 1};
}

Refusal still_moving() {
    return {.error = Error::conflict,
            .detail = "Other operations on this payment are at work. Nothing was stored; repeat with the same key.",
            .retry_after_s = 1};
}

Refusal overloaded() {
    return {.error = Error::overloaded,
            .detail = "Too much is waiting. Nothing was stored or sent; repeat the request with the same key.",
            .retry_after_s = 1};
}

Refusal shutting_down() {
    return {.error = Error::shutting_down,
            .detail = "This process is stopping. Nothing was stored or sent; repeat the request with the same key.",
            .retry_after_s = 1};
}

Refusal no_psp_account(bool live) {
    return {.error = Error::not_executed,
            .detail = std::string("No PSP account is configured for ") + (live ? "live" : "test") +
                      " payments. Nothing was stored or sent; ask the operator of this gateway.",
            .retry_after_s = 60};
}

Refusal lost_psp_account(const payments::Payment& payment) {
    return {
        .error = Error::not_executed,
        .detail = "This payment was made at the PSP account " + payment.psp + ":" + payment.psp_account +
                  ", which is not configured any more. Nothing was stored or sent; ask the operator of this gateway, "
                  "then repeat the request with the same key.",
        .retry_after_s = 60};
}

Refusal commit_unknown() {
    return {.error = Error::commit_unknown,
            .detail =
                "The database did not confirm what is stored. Repeat the request with the same key, never with "
                "another: a payment may exist.",
            .retry_after_s = 1};
}

}  // namespace florin::flow
