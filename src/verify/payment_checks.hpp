// The checks that look at one payment with everything that belongs to it. Each has a file of its name in checks/.
#pragma once

#include <fmt/format.h>

#include <string>

#include "verify/evidence.hpp"
#include "verify/findings.hpp"

namespace florin::verify {

void check_amount(const Evidence& evidence, Findings& findings);
void check_attempt(const Evidence& evidence, Findings& findings);
void check_audit(const Evidence& evidence, Findings& findings);
void check_body(const Evidence& evidence, Findings& findings);
void check_digest(const Evidence& evidence, Findings& findings);
void check_entry(const Evidence& evidence, Findings& findings);
void check_journal(const Evidence& evidence, Findings& findings);
void check_memo(const Evidence& evidence, Findings& findings);
void check_parent(const Evidence& evidence, Findings& findings);
void check_posting(const Evidence& evidence, Findings& findings);
void check_status(const Evidence& evidence, Findings& findings);
void check_walk(const Evidence& evidence, Findings& findings);

// Parts of check_posting().
bool is_late_journal(const StoredAttempt& attempt, std::int16_t journal);
void check_late_posting(const Evidence& evidence, Findings& findings);

// How a finding names its row.
inline std::string subject_of(const Uuid& payment) {
    return "pay_" + to_string(payment);
}
inline std::string subject_of(const Uuid& payment, const Uuid& operation, int attempt) {
    return fmt::format("pay_{} op_{}-{}", to_string(payment), to_string(operation), attempt);
}

}  // namespace florin::verify
