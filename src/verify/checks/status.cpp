// payments::derive_status, apart from its code. While the creation's last attempt is open its payer decides between
// pending and requires_action, which the check "audit" follows. Without an open operation the version is that of the
// last result; with one it is not below it.
#include <algorithm>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

Text expected_status(const StoredPayment& p, const MaybeText& creation) {
    if (p.refunded > 0) return p.refunded < p.captured ? "partially_refunded" : "refunded";
    if (p.captured > 0) return p.captured < p.authorized ? "partially_captured" : "captured";
    if (p.authorized > Wide{p.voided} + p.expired) return "authorized";
    if (p.expired > 0) return "expired";
    if (p.authorized > 0) return "voided";
    if (creation == "approved") return "no amount at all";
    if (creation) return "failed";
    return p.status == "requires_action" ? "requires_action" : "pending";
}

struct Last {
    const StoredAttempt* creation = nullptr;  // its last attempt
    std::optional<std::int32_t> version{};    // of the results
    bool is_open = false;
};

Last last_of(const Evidence& evidence) {
    Last last;
    for (const auto& attempt : evidence.attempts) {
        if (attempt.creates() && (!last.creation || last.creation->number < attempt.number)) last.creation = &attempt;
        if (attempt.result)
            last.version = std::max(last.version.value_or(attempt.result->version), attempt.result->version);
        last.is_open |= attempt.has_open_row;
    }
    return last;
}

std::string detail_of(const StoredPayment& p, const Last& last) {
    const auto outcome =
        last.creation && last.creation->result ? MaybeText(last.creation->result->outcome) : std::nullopt;
    const Text expected = expected_status(p, outcome);
    if (p.status != expected)
        return fmt::format("its status is {}, its amounts and results make {}", p.status, expected);
    if (last.version ? p.version < *last.version || (!last.is_open && p.version != *last.version) : p.version < 1) {
        return fmt::format("its version is {}, that of its last result is {}", p.version,
                           last.version ? std::to_string(*last.version) : "none");
    }
    if (last.creation && p.psp != last.creation->psp) {
        return fmt::format("its PSP is {}, that of its last attempt is {}", p.psp, last.creation->psp);
    }
    if (p.failure_code.has_value() != (p.status == "failed") ||
        (outcome && p.failure_code && (outcome == "not_executed") != (p.failure_code == "not_executed"))) {
        return fmt::format("its status is {} after {} with failure_code {}", p.status, outcome.value_or("no result"),
                           p.failure_code.value_or("null"));
    }
    if (p.next_action && p.status != "requires_action") return fmt::format("it is {} with a next_action", p.status);
    return {};
}

}  // namespace

void check_status(const Evidence& evidence, Findings& findings) {
    if (!evidence.payment) return;
    std::string detail = detail_of(*evidence.payment, last_of(evidence));
    if (!detail.empty()) findings.add(subject_of(evidence.payment_id), std::move(detail));
}

}  // namespace florin::verify
