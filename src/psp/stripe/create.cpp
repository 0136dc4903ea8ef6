// POST /v1/payment_intents: a sale captures at once, an authorization holds the amount.
#include "psp/stripe/adapter.hpp"

namespace florin::psp::stripe {

Task<Answer> StripePsp::create(Call call, Deadline deadline) {
    auto body = encode_creation(call, options_.live);
    co_return co_await post_call(std::string(kIntents), std::move(body), std::move(call), deadline);
}

}  // namespace florin::psp::stripe
