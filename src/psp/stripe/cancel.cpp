// POST /v1/payment_intents/pi_…/cancel: what is still held is released, and what was captured stays. A void, an expiry,
// and the end of a payment whose payer never acted.
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"

namespace florin::psp::stripe {

Task<Answer> StripePsp::cancel(Call call, Deadline deadline) {
    Body body = encode_cancel(call.kind);
    auto answer = co_await post_call(cancel_target(*call.payment_reference), std::move(body), call, deadline);
    if (!is_worth_reading_back(answer)) co_return answer;
    co_return co_await read_back(std::move(answer), std::move(call), deadline);
}

Task<Answer> StripePsp::abandon(std::string reference, Call call, Deadline deadline) {
    const auto began = std::chrono::steady_clock::now();
    if (!is_intent_id(reference)) {
        co_return record("abandon", call, began, not_sent(Answer::Kind::unclear, "the reference is no intent id"));
    }
    auto request = post(cancel_target(reference), encode_cancel(call.kind),
                        idempotency_key(call.operation, call.attempt) + "-abandon");
    const Wire wire = co_await send(std::move(request), deadline);
    auto answer = wire ? decode_object(*wire, expectation(call, reference)) : decode_failure(wire.error());
    if (!wire) answer.kind = Answer::Kind::unclear;
    answer = record("abandon", call, began, std::move(answer));
    // A stored answer may be older than the object, and a refusal ("it has succeeded") names no outcome: the object
    // does.
    const int status = answer.http_status;
    const bool ask_object = answer.replayed || status == 400 || status == 404 || status == 409;
    if (!ask_object) co_return answer;
    co_return co_await read(std::move(reference), std::move(call), deadline);
}

}  // namespace florin::psp::stripe
