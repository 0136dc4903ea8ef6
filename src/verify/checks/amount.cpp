// A payment's amounts made again from its operations: what was approved is settled, what has no result is reserved. A
// final capture releases the rest with it. The limits are looked at on what the operations say, not on the columns.
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

struct Made {
    Wide authorized = 0, capturing = 0, captured = 0, refunding = 0, refunded = 0, voiding = 0, voided = 0, expired = 0;
    int charges = 0;
};

void settle(Made& made, const StoredAttempt& attempt) {
    const Wide amount = attempt.amount;
    if (attempt.creates()) made.authorized += amount, ++made.charges;
    if (attempt.kind == "sale" || attempt.kind == "capture") made.captured += amount;
    if (attempt.kind == "capture_failure") made.captured -= amount;
    if (attempt.kind == "refund") made.refunded += amount;
    if (attempt.kind == "refund_failure") made.refunded -= amount;
    if (attempt.kind == "void") made.voided += amount;
    if (attempt.kind == "capture") made.voided += attempt.releases();
    if (attempt.kind == "expire") made.expired += amount;
}

void reserve(Made& made, const StoredAttempt& attempt) {
    if (attempt.kind == "capture") made.capturing += attempt.amount, made.voiding += attempt.releases();
    if (attempt.kind == "refund") made.refunding += attempt.amount;
    if (attempt.kind == "void" || attempt.kind == "expire") made.voiding += attempt.amount;
}

std::string differences(const StoredPayment& payment, const Made& made) {
    std::string all;
    const auto compare = [&](const char* name, std::int64_t stored, Wide from_operations) {
        if (stored == from_operations) return;
        all +=
            fmt::format("{}{} is {}, its operations make {}", all.empty() ? "" : ", ", name, stored, from_operations);
    };
    compare("authorized", payment.authorized, made.authorized);
    compare("capturing", payment.capturing, made.capturing);
    compare("captured", payment.captured, made.captured);
    compare("refunding", payment.refunding, made.refunding);
    compare("refunded", payment.refunded, made.refunded);
    compare("voiding", payment.voiding, made.voiding);
    compare("voided", payment.voided, made.voided);
    compare("expired", payment.expired, made.expired);
    return all;
}

std::string detail_of(const StoredPayment& payment, const Made& made) {
    if (made.charges > 1) return fmt::format("it has {} approved creations", made.charges);
    if (made.captured + made.capturing + made.voided + made.voiding + made.expired > made.authorized) {
        return fmt::format(
            "captured {}, capturing {}, voided {}, voiding {} and expired {} are more than the authorized {}",
            made.captured, made.capturing, made.voided, made.voiding, made.expired, made.authorized);
    }
    if (made.refunded + made.refunding > made.captured) {
        return fmt::format("refunded {} and refunding {} are more than the captured {}", made.refunded, made.refunding,
                           made.captured);
    }
    if (made.charges == 1 && made.authorized != payment.amount) {
        return fmt::format("its amount is {}, its creation was of {}", payment.amount, made.authorized);
    }
    return differences(payment, made);
}

}  // namespace

void check_amount(const Evidence& evidence, Findings& findings) {
    if (!evidence.payment) return;
    Made made;
    for (const auto& attempt : evidence.attempts) {
        if (attempt.won()) settle(made, attempt);
        if (!attempt.result) reserve(made, attempt);
    }
    std::string detail = evidence.attempts.empty() ? "it has no operation" : detail_of(*evidence.payment, made);
    if (!detail.empty()) findings.add(subject_of(evidence.payment_id), std::move(detail));
}

}  // namespace florin::verify
