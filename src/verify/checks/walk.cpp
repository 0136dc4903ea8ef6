// Result by result: within the limits, each a version of its own, and an audit row exactly where the status changed.
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

std::string detail_of(const AfterResult& after, const MaybeText& before, const StoredChange* change) {
    if (after.captured + after.released > after.authorized) {
        return fmt::format("after it captured {} and released {} were more than the authorized {}", after.captured,
                           after.released, after.authorized);
    }
    if (after.refunded > after.captured) {
        return fmt::format("after it refunded {} was more than the captured {}", after.refunded, after.captured);
    }
    if (after.makers > 1)
        return fmt::format("{} results made version {}", after.makers, after.attempt->result->version);
    const Wide held = after.authorized - after.captured - after.released;
    if (after.attempt->kind == "capture" && after.attempt->won() && after.attempt->says("final") && held > 0) {
        return fmt::format("after this final capture {} was still held", held);
    }
    if (after.attempt->is_late()) return change ? "it answers a late success and changed the status" : "";
    if (!change && before != after.status) {
        return fmt::format("it made the payment {} from {} without an audit row", after.status,
                           before.value_or("pending"));
    }
    if (change && change->to() != after.status) {
        return fmt::format("it made the payment {}, its audit row says {}", after.status, change->change);
    }
    return {};
}

}  // namespace

void check_walk(const Evidence& evidence, Findings& findings) {
    MaybeText before;
    for (const AfterResult& after : evidence.history) {
        const StoredAttempt& attempt = *after.attempt;
        std::string detail = detail_of(after, before, evidence.change(attempt.operation_id, attempt.result->version));
        if (!attempt.is_late()) before = after.status;
        if (detail.empty()) continue;
        findings.add(subject_of(evidence.payment_id, attempt.operation_id, attempt.number), std::move(detail));
    }
}

}  // namespace florin::verify
