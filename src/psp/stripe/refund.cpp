// POST /v1/refunds. Refunds are objects of their own; many are pending for days, and one that succeeded can still fail.
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/refund_object.hpp"

namespace florin::psp::stripe {

// Rule 21: after a refusal by state ours may be among the refunds of the payment, under an earlier call.
Task<Answer> StripePsp::refund(Call call, Deadline deadline) {
    auto answer = co_await post_call(std::string(kRefunds), encode_refund(call), call, deadline);
    if (!is_worth_reading_back(answer)) co_return answer;
    Wanted wanted;
    wanted.emplace(idempotency_key(call.operation, call.attempt), call);
    const auto sweep = co_await sweep_list(refunds_of_target(*call.payment_reference), true, wanted, Sweep(), deadline);
    if (!sweep.found.empty()) co_return confirmed_by(std::move(answer), sweep.found.begin()->second);
    if (sweep.complete && answer.decline) answer.confirmed = co_await is_exhausted(std::move(call), deadline);
    co_return answer;
}

Task<bool> StripePsp::is_exhausted(Call call, Deadline deadline) {
    auto request = get(read_target(*call.payment_reference));
    const Wire wire = co_await send(std::move(request), deadline);
    const auto intent = wire ? decode_plain_object(*wire) : std::nullopt;
    co_return intent&& leaves_less_than_asked(*intent, expectation(call, *call.payment_reference));
}

}  // namespace florin::psp::stripe
