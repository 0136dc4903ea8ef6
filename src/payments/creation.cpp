// Sale and authorization: the operations that create a payment.
#include "base/assert.hpp"
#include "payments/settle.hpp"

namespace florin::payments {
namespace {

constexpr std::string_view kNotExecuted = "not_executed";

// The life of the attempt as far as the payment's status shows it: it decides what an unclear answer takes back.
AttemptState state_before(const Payment& payment) {
    return payment.status == Status::requires_action ? AttemptState::action_required : AttemptState::open;
}

void record_failure(Payment& payment, const Judgement& judgement) {
    payment.failure_code.reset();
    payment.failure_reason.reset();
    if (judgement.outcome == Outcome::declined) {
        FLORIN_ASSERT(judgement.decline);
        payment.failure_code = judgement.decline->code;
        payment.failure_reason = judgement.decline->reason;
    } else if (judgement.outcome == Outcome::not_executed) {
        payment.failure_code = kNotExecuted;
        payment.failure_reason = "No payment provider could be reached; nothing was charged.";
    }
}

void record_success(Payment& payment, const Attempt& attempt, const Judgement& judgement) {
    payment.amounts.authorized = payment.amount.minor_units();
    if (attempt.kind == OperationKind::sale) {
        payment.amounts.captured = payment.amount.minor_units();
        return;
    }
    FLORIN_ASSERT(judgement.capture_before);
    payment.capture_before = judgement.capture_before;
    // What was not asked for is not used, even where the PSP would grant it.
    payment.multiple_captures = attempt.parameters.multiple_captures && judgement.multiple_captures;
}

}  // namespace

bool is_not_executed(const Payment& payment) {
    return payment.status == Status::failed && payment.failure_code == kNotExecuted;
}

bool can_settle_creation(const Payment& payment) {
    return payment.status == Status::pending || payment.status == Status::requires_action || is_not_executed(payment);
}

Payment settle_creation(const Payment& payment, const Attempt& attempt, const Judgement& judgement) {
    FLORIN_ASSERT(attempt.amount == payment.amount);
    const auto state = next_state(state_before(payment), judgement.outcome);
    FLORIN_ASSERT(state);
    Payment next = payment;
    next.psp = attempt.psp;
    // An unclear answer may name what is not ours.
    if (judgement.psp_reference && judgement.outcome != Outcome::unknown) next.psp_reference = judgement.psp_reference;
    if (state == AttemptState::succeeded) record_success(next, attempt, judgement);
    next.status = derive_status(next.amounts, *state);
    if (state != AttemptState::action_required)
        next.next_action.reset();
    else if (judgement.next_action)
        next.next_action = judgement.next_action;
    record_failure(next, judgement);
    return next;
}

Payment reopened(const Payment& payment, WallTime now) {
    FLORIN_ASSERT(is_not_executed(payment));
    Payment next = payment;
    next.status = derive_status(next.amounts, AttemptState::open);
    next.psp_reference.reset();
    next.failure_code.reset();
    next.failure_reason.reset();
    next.next_action.reset();
    next.version = payment.version + 1;
    next.events = payment.events + 1;
    next.updated_at = now;
    return next;
}

}  // namespace florin::payments
