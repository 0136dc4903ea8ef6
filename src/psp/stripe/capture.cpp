// POST /v1/payment_intents/pi_…/capture. A capture that the PSP treats as final releases the rest in the same call.
#include "psp/stripe/adapter.hpp"

namespace florin::psp::stripe {

Task<Answer> StripePsp::capture(Call call, Deadline deadline) {
    auto body = encode_capture(call);
    auto answer = co_await post_call(capture_target(*call.payment_reference), std::move(body), call, deadline);
    if (!is_worth_reading_back(answer)) co_return answer;
    co_return co_await read_back(std::move(answer), std::move(call), deadline);
}

}  // namespace florin::psp::stripe
