#include "payments/sale.hpp"

#include "base/assert.hpp"
#include "payments/document.hpp"

namespace florin::payments {
namespace {

constexpr std::string_view kNotExecuted = "not_executed";

// What the merchant can do about a decline, beside its reason.
std::string_view advice(DeclineClass type) {
    switch (type) {
        case DeclineClass::hard:
            return "Ask the payer for another payment method; this one will not work.";
        case DeclineClass::soft:
            return "Try again later or with another payment method, under a new Idempotency-Key.";
        case DeclineClass::needs_data:
            return "Let the payer correct the payment details, then create a new payment under a new Idempotency-Key.";
        case DeclineClass::needs_authentication:
            return "Create a new payment that the payer can authenticate, under a new Idempotency-Key.";
        case DeclineClass::invalid_request:
            return "Correct the request and send it under a new Idempotency-Key.";
    }
    assertion_failed("a DeclineClass outside its enumeration", __FILE__, __LINE__);
}

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

// The payment as it will be, version and time aside.
Payment settled(const Payment& payment, const Attempt& attempt, const Judgement& judgement, AttemptState state) {
    Payment next = payment;
    next.psp = attempt.psp;
    // An unclear answer may name what is not ours.
    if (judgement.psp_reference && judgement.outcome != Outcome::unknown) next.psp_reference = judgement.psp_reference;
    if (state == AttemptState::succeeded) {
        next.amounts.authorized = payment.amount.minor_units();
        next.amounts.captured = payment.amount.minor_units();
    }
    next.status = derive_status(next.amounts, state);
    if (state != AttemptState::action_required)
        next.next_action.reset();
    else if (judgement.next_action)
        next.next_action = judgement.next_action;
    record_failure(next, judgement);
    return next;
}

bool differ(const Payment& a, const Payment& b) {
    return a.status != b.status || a.amounts != b.amounts || a.psp != b.psp || a.psp_reference != b.psp_reference ||
           a.next_action != b.next_action || a.failure_code != b.failure_code || a.failure_reason != b.failure_reason;
}

// Status and body of the answer to an attempt that ended.
void answer(SaleStep& step, const Attempt& attempt, const Judgement& judgement) {
    std::string payment = document(step.payment);
    if (judgement.outcome == Outcome::approved) {
        step.http_status = 200;
        step.body = std::move(payment);
        return;
    }
    Refusal refusal{
        Error::not_executed,
        "Nothing was charged and nothing will be: no payment provider could be reached. Repeat the request with "
        "the same Idempotency-Key."};
    step.http_status = 503;
    if (judgement.outcome == Outcome::declined) {
        const bool ours = judgement.decline->type == DeclineClass::invalid_request;
        step.http_status = ours ? 422 : 402;
        refusal.error = ours ? Error::payment_refused : Error::payment_declined;
        refusal.detail = judgement.decline->reason + ' ' + std::string(advice(judgement.decline->type));
    }
    step.body = problem(step.http_status, refusal, attempt.request, payment);
}

}  // namespace

bool is_not_executed(const Payment& payment) {
    return payment.status == Status::failed && payment.failure_code == kNotExecuted;
}

bool can_settle(const Payment& payment) {
    return payment.status == Status::pending || payment.status == Status::requires_action || is_not_executed(payment);
}

SaleStep apply(const Payment& payment, const Attempt& attempt, const Judgement& judgement, WallTime now) {
    FLORIN_ASSERT(can_settle(payment) && attempt.payment == payment.id && attempt.amount == payment.amount);
    const auto state = next_state(state_before(payment), judgement.outcome);
    FLORIN_ASSERT(state);

    SaleStep step{settled(payment, attempt, judgement, *state), {}, 0, {}};
    if (differ(step.payment, payment)) {
        step.payment.version = payment.version + 1;
        step.payment.updated_at = now;
    }
    if (step.payment.status != payment.status) {
        step.change = StatusChange{payment.status, step.payment.status};
        FLORIN_ASSERT(is_legal(*step.change));
    }
    if (closes_attempt(judgement.outcome)) answer(step, attempt, judgement);
    return step;
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
    next.updated_at = now;
    return next;
}

}  // namespace florin::payments
