// The changes of a payment are a legal walk from pending to its status. The end of an attempt has a result behind it.
#include <algorithm>
#include <functional>
#include <set>

#include "payments/status.hpp"
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

std::set<std::string, std::less<>> legal_changes() {
    std::set<std::string, std::less<>> words;
    for (const auto& row : payments::kStatusChanges) words.insert(payments::to_string(row.change));
    return words;
}

bool is_legal(Text change) {
    static const auto kLegal = legal_changes();
    return kLegal.contains(change);
}

bool is_one_of(Text word, std::initializer_list<Text> words) {
    return std::ranges::find(words, word) != words.end();
}

// The result that made this version of the payment.
const StoredAttempt* result_behind(const Evidence& evidence, const StoredChange& change) {
    for (const auto& attempt : evidence.attempts) {
        if (attempt.operation_id == change.operation_id && attempt.result &&
            attempt.result->version == change.sequence) {
            return &attempt;
        }
    }
    return nullptr;
}

std::string detail_of(const Evidence& evidence, const StoredChange& change, Text before, bool is_last) {
    const auto* attempt = evidence.attempt(change.operation_id, change.attempt);
    const auto* behind = result_behind(evidence, change);
    const auto& payment = evidence.payment;
    if (!payment) return "its payment does not exist";
    if (change.payment_id != evidence.payment_id) return "it is of pay_" + to_string(change.payment_id);
    if (!attempt) return "its attempt does not exist";
    if (!is_legal(change.change)) return fmt::format("the change {} is not in the state table", change.change);
    if (change.from() != before) return fmt::format("the change {} follows a change to {}", change.change, before);
    if (is_last && change.to() != payment->status) {
        return fmt::format("the last change is {}, the status is {}", change.change, payment->status);
    }
    if (change.sequence < 2) return "its sequence is that of the creation";
    if (change.sequence > payment->version) {
        return fmt::format("its sequence is above the version of its payment, {}", payment->version);
    }
    if (!behind && !is_one_of(change.to(), {"pending", "requires_action"})) {
        return fmt::format("no result stands behind {}", change.change);
    }
    if (is_one_of(change.to(), {"pending", "requires_action", "failed"}) && !attempt->creates()) {
        return fmt::format("the change {} is that of a {}", change.change, attempt->kind);
    }
    if (behind && behind->number != change.attempt)
        return fmt::format("the result behind it is of attempt {}", behind->number);
    return change.actor.empty() ? "it names no actor" : "";
}

}  // namespace

void check_audit(const Evidence& evidence, Findings& findings) {
    Text before = "pending";
    for (const StoredChange& change : evidence.changes) {
        std::string detail = detail_of(evidence, change, before, &change == &evidence.changes.back());
        before = change.to();
        if (detail.empty()) continue;
        findings.add(fmt::format("{} sequence {}", subject_of(evidence.payment_id, change.operation_id, change.attempt),
                                 change.sequence),
                     std::move(detail));
    }
    if (evidence.payment && evidence.changes.empty() && evidence.payment->status != "pending") {
        findings.add(subject_of(evidence.payment_id),
                     fmt::format("its status is {} without any change", evidence.payment->status));
    }
}

}  // namespace florin::verify
