// Held exactly once, released exactly once: what a payment's authorizations posted, less what was released, is what it
// holds.
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

constexpr std::int16_t kAuthorization = 2, kRelease = 3;  // kinds of journals

}  // namespace

void check_memo(const Evidence& evidence, Findings& findings) {
    if (!evidence.payment) return;
    Wide held = 0, owed = 0;
    for (const StoredEntry& entry : evidence.entries) {
        if (entry.kind != kAuthorization && entry.kind != kRelease) continue;
        const StoredAttempt* attempt = evidence.attempt(entry.operation_id, entry.attempt);
        if (!entry.account || !attempt || !attempt->result) continue;  // named by the check "entry"
        (entry.account->merchant_id ? owed : held) += entry.amount;
    }
    const StoredPayment& payment = *evidence.payment;
    const Wide holds = Wide{payment.authorized} - payment.captured - payment.voided - payment.expired;
    if (holds == held && holds == -owed) return;
    findings.add(subject_of(evidence.payment_id),
                 fmt::format("it holds {}, its authorizations less its releases are {} and {}", holds, held, owed));
}

}  // namespace florin::verify
