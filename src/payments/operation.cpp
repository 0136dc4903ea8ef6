#include "payments/operation.hpp"

#include "base/assert.hpp"
#include "payments/document.hpp"
#include "payments/event.hpp"
#include "payments/settle.hpp"

namespace florin::payments {
namespace {

// Whether a document of the two would differ beside its sequence and time. Reservations are not shown.
bool shown_differ(const Payment& a, const Payment& b) {
    const auto shown = [](const Amounts& amounts) {
        return std::array{amounts.authorized, amounts.captured, amounts.refunded, amounts.voided + amounts.expired};
    };
    return a.status != b.status || shown(a.amounts) != shown(b.amounts) || a.psp != b.psp ||
           a.psp_reference != b.psp_reference || a.multiple_captures != b.multiple_captures ||
           a.capture_before != b.capture_before || a.next_action != b.next_action || a.failure_code != b.failure_code ||
           a.failure_reason != b.failure_reason;
}

Payment settled(const Payment& payment, const Attempt& attempt, const Judgement& judgement) {
    if (answers_late_success(attempt.kind)) return payment;
    if (creates_payment(attempt.kind)) return settle_creation(payment, attempt, judgement);
    Payment next = payment;
    next.amounts = settle_amounts(payment.amounts, attempt, judgement.outcome);
    next.status = derive_status(next.amounts, AttemptState::succeeded);
    return next;
}

}  // namespace

bool can_settle(const Payment& payment, const Attempt& attempt) {
    if (attempt.payment != payment.id) return false;
    if (answers_late_success(attempt.kind)) return true;
    if (creates_payment(attempt.kind)) return can_settle_creation(payment);
    // A creation that is open has nothing reserved or captured, so that nothing of it is within limits here.
    return settle_amounts(payment.amounts, attempt, Outcome::approved).within_limits();
}

Step apply(const Payment& payment, const Attempt& attempt, const Judgement& judgement, WallTime now) {
    FLORIN_ASSERT(can_settle(payment, attempt));
    FLORIN_ASSERT(!is_only_recorded(attempt.kind) || judgement.outcome == Outcome::approved);
    Step step{settled(payment, attempt, judgement), {}, 0, {}};
    FLORIN_ASSERT(step.payment.amounts.within_limits());
    const bool shown = shown_differ(step.payment, payment);
    // Every end of an attempt moves the version: it is what two that write compare.
    const bool ends_beside = answers_late_success(attempt.kind) && closes_attempt(judgement.outcome);
    if (shown || ends_beside || step.payment.amounts != payment.amounts) step.payment.version = payment.version + 1;
    if (shown) step.payment.updated_at = now;
    if (step.payment.status != payment.status) {
        step.change = StatusChange{payment.status, step.payment.status};
        FLORIN_ASSERT(is_legal(*step.change));
    }
    if (closes_attempt(judgement.outcome))
        answer(step, attempt, judgement);
    else if (step.change)
        step.body = document(step.payment);
    if (is_event(payment, step)) ++step.payment.events;
    return step;
}

}  // namespace florin::payments
