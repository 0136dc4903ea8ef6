// GET of the object that knows of a call: the refund's own, else the payment's intent.
#include "psp/stripe/adapter.hpp"
#include "psp/stripe/decode.hpp"

namespace florin::psp::stripe {

using payments::OperationKind;

Task<Answer> StripePsp::read(std::string reference, Call call, Deadline deadline) {
    const auto began = std::chrono::steady_clock::now();
    auto answer = co_await read_object(std::move(reference), call, deadline);
    co_return record("read", call, began, std::move(answer));
}

Task<Answer> StripePsp::read_object(std::string reference, Call call, Deadline deadline) {
    const bool refund = call.kind == OperationKind::refund;
    if (refund ? !is_refund_id(reference) : !is_intent_id(reference)) {
        co_return not_sent(Answer::Kind::unclear,
                           refund ? "the reference is no refund id" : "the reference is no intent id");
    }
    auto request = get(refund ? read_refund_target(reference) : read_target(reference));
    const Wire wire = co_await send(std::move(request), deadline);
    auto expected = expectation(call, reference);
    expected.read_back = true;
    auto answer = wire ? decode_object(*wire, expected) : decode_failure(wire.error());
    // That a read could not be sent says nothing about the payment.
    if (!wire) answer.kind = Answer::Kind::unclear;
    co_return answer;
}

Task<Answer> StripePsp::read_back(Answer refusal, Call call, Deadline deadline) {
    auto reference = *call.payment_reference;
    auto seen = co_await read_object(std::move(reference), std::move(call), deadline);
    co_return confirmed_by(std::move(refusal), std::move(seen));
}

bool is_worth_reading_back(const Answer& refusal) {
    return refusal.http_status == 400;
}

Answer confirmed_by(Answer refusal, Answer seen) {
    refusal.evidence += "; the object: " + seen.evidence;
    const bool says_nothing = seen.http_status != 200 || (seen.kind == Answer::Kind::unclear && !seen.alert);
    if (says_nothing) return refusal;
    // Whose answer it is, and that the key is fenced, stay the call's.
    seen.http_status = refusal.http_status;
    seen.replayed = refusal.replayed;
    seen.evidence = std::move(refusal.evidence);
    return seen;
}

}  // namespace florin::psp::stripe
