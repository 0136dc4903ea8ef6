#include "payments/modification.hpp"

#include "base/assert.hpp"
#include "payments/modification_text.hpp"
#include "payments/settle.hpp"

namespace florin::payments {
namespace {

bool creation_is_open(const Payment& payment) {
    return payment.status == Status::pending || payment.status == Status::requires_action;
}

Decision reserved(const Payment& payment, OperationKind kind, std::int64_t amount, Parameters parameters) {
    Payment next = payment;
    next.amounts = with_reservation(payment.amounts, kind, amount, parameters.releases);
    next.version = payment.version + 1;
    FLORIN_ASSERT(amount > 0 && next.amounts.within_limits());
    return Reserved{Money(amount, payment.amount.currency()), std::move(parameters), std::move(next)};
}

Decision busy(const Payment& payment) {
    return Busy{awaited(payment)};
}

Decision not_allowed(const Payment& payment, std::string_view why) {
    return Refused{{Error::operation_not_allowed, std::string(why) + ' ' + allowed_now(payment)}};
}

Decision out_of_range(const Payment& payment, std::string_view verb, std::int64_t most) {
    return Refused{{Error::amount_out_of_range, at_most(payment, verb, most) + ' ' + allowed_now(payment), "/amount"}};
}

// Void and expiry stand alone (rule 22) and take all that is held.
Decision decide_release(const Payment& payment, OperationKind kind) {
    const Amounts& amounts = payment.amounts;
    if (amounts.held() == 0) return not_allowed(payment, why_nothing_is_held(payment));
    if (amounts.has_open()) return busy(payment);
    return reserved(payment, kind, amounts.held(), {});
}

Decision decide_capture(const Payment& payment, const ModificationRequest& request) {
    const Amounts& amounts = payment.amounts;
    const std::int64_t held = amounts.held();
    if (held == 0) return not_allowed(payment, why_nothing_is_held(payment));
    const std::int64_t amount = request.amount.value_or(held);
    if (amount > held) return out_of_range(payment, "captured", held);
    // What takes all that is held leaves nothing to capture after it, whatever the request says of it.
    const bool final = amount == held || request.final.value_or(!payment.multiple_captures);
    if (!final && !payment.multiple_captures) {
        return not_allowed(payment, "This payment takes one capture: leave final out or set it to true.");
    }
    if (amount > amounts.free_to_capture() || amounts.voiding > 0 || (final && amounts.capturing > 0)) {
        return busy(payment);
    }
    // Rule 23: the intent of a final capture reserves the rest, and its outcome releases it.
    const std::int64_t releases = final ? held - amount : 0;
    return reserved(payment, OperationKind::capture, amount, {.final = final, .releases = releases});
}

Decision decide_refund(const Payment& payment, const ModificationRequest& request) {
    const Amounts& amounts = payment.amounts;
    const std::int64_t most = amounts.captured + amounts.capturing - amounts.refunded;
    if (most == 0) return not_allowed(payment, why_nothing_can_be_refunded(payment));
    const std::int64_t amount = request.amount.value_or(amounts.captured - amounts.refunded);
    if (amount > most) return out_of_range(payment, "refunded", most);
    if (!request.amount && (amounts.refunding > 0 || amount == 0)) return busy(payment);  // what is left is not settled
    if (amount > amounts.free_to_refund() || amounts.voiding > 0) return busy(payment);
    return reserved(payment, OperationKind::refund, amount, {.reason = request.reason});
}

}  // namespace

Decision decide(const Payment& payment, const ModificationRequest& request) {
    // What no state of this payment allows comes first: it is final even while something is open.
    if (request.amount && *request.amount < 1) {
        return Refused{{Error::amount_out_of_range, "amount must be at least 1 minor unit.", "/amount"}};
    }
    if (request.currency && *request.currency != payment.amount.currency()) return Refused{other_currency(payment)};
    if (payment.status == Status::failed) return not_allowed(payment, "The payment failed: nothing was charged.");
    if (creation_is_open(payment)) return busy(payment);
    switch (request.kind) {
        case OperationKind::capture:
            return decide_capture(payment, request);
        case OperationKind::refund:
            return decide_refund(payment, request);
        case OperationKind::void_:
        case OperationKind::expire:
            return decide_release(payment, request.kind);
        case OperationKind::sale:
        case OperationKind::authorize:
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
        case OperationKind::late_void:
        case OperationKind::late_refund:
        case OperationKind::late_suspense:
            break;
    }
    assertion_failed("only captures, voids, refunds and expiries are decided", __FILE__, __LINE__);
}

Decision reserve_again(const Payment& payment, const Attempt& attempt) {
    ModificationRequest request{.kind = attempt.kind};
    if (attempt.kind == OperationKind::capture || attempt.kind == OperationKind::refund) {
        request.amount = attempt.amount.minor_units();
        request.currency = attempt.amount.currency();
        request.reason = attempt.parameters.reason;
    }
    if (attempt.kind == OperationKind::capture) request.final = attempt.parameters.final;
    return decide(payment, request);
}

Decision reverse(const Payment& payment, const Attempt& failed) {
    FLORIN_ASSERT(failed.kind == OperationKind::capture || failed.kind == OperationKind::refund);
    Attempt reversal = failed;
    reversal.kind =
        failed.kind == OperationKind::capture ? OperationKind::capture_failure : OperationKind::refund_failure;
    if (!can_settle(payment, reversal)) {
        return Refused{{Error::operation_not_allowed, "The PSP took back a success on which later refunds rest."}};
    }
    return Reserved{failed.amount, {.reverses = failed.operation}, payment};
}

}  // namespace florin::payments
