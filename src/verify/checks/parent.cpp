// A payment has exactly one operation that created it. What else rows belong to is looked at in parent.sql.
#include <algorithm>

#include "verify/payment_checks.hpp"

namespace florin::verify {

void check_parent(const Evidence& evidence, Findings& findings) {
    if (!evidence.payment) return;
    const auto creations = std::ranges::count_if(
        evidence.attempts, [](const StoredAttempt& attempt) { return attempt.creates() && attempt.number == 1; });
    if (creations != 1) findings.add(subject_of(evidence.payment_id), fmt::format("it has {} creations", creations));
}

}  // namespace florin::verify
