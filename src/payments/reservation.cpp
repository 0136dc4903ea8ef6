// Reservations: what an intent takes, and what an outcome makes of it.
#include "base/assert.hpp"
#include "payments/settle.hpp"

namespace florin::payments {
namespace {

// What a success adds. A capture that the PSP takes back is held again; what it released stays released.
Amounts with_success(Amounts amounts, const Attempt& attempt) {
    const std::int64_t amount = attempt.amount.minor_units();
    switch (attempt.kind) {
        case OperationKind::capture:
            amounts.captured += amount;
            amounts.voided += attempt.parameters.releases;
            return amounts;
        case OperationKind::void_:
            amounts.voided += amount;
            return amounts;
        case OperationKind::refund:
            amounts.refunded += amount;
            return amounts;
        case OperationKind::expire:
            amounts.expired += amount;
            return amounts;
        case OperationKind::capture_failure:
            amounts.captured -= amount;
            return amounts;
        case OperationKind::refund_failure:
            amounts.refunded -= amount;
            return amounts;
        case OperationKind::late_void:
        case OperationKind::late_refund:
        case OperationKind::late_suspense:
        case OperationKind::sale:
        case OperationKind::authorize:
            break;
    }
    assertion_failed("a creation, and what answers a late success, adds to no amounts", __FILE__, __LINE__);
}

}  // namespace

Amounts with_reservation(Amounts amounts, OperationKind kind, std::int64_t amount, std::int64_t releases,
                         std::int64_t times) {
    switch (kind) {
        case OperationKind::capture:
            amounts.capturing += times * amount;
            amounts.voiding += times * releases;
            return amounts;
        case OperationKind::void_:
        case OperationKind::expire:
            amounts.voiding += times * amount;
            return amounts;
        case OperationKind::refund:
            amounts.refunding += times * amount;
            return amounts;
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
            return amounts;
        case OperationKind::late_void:
        case OperationKind::late_refund:
        case OperationKind::late_suspense:
        case OperationKind::sale:
        case OperationKind::authorize:
            break;
    }
    assertion_failed("a creation, and what answers a late success, reserves nothing", __FILE__, __LINE__);
}

Amounts settle_amounts(const Amounts& amounts, const Attempt& attempt, Outcome outcome) {
    if (!closes_attempt(outcome)) return amounts;
    const Amounts released =
        with_reservation(amounts, attempt.kind, attempt.amount.minor_units(), attempt.parameters.releases, -1);
    return outcome == Outcome::approved ? with_success(released, attempt) : released;
}

}  // namespace florin::payments
