// What each approved operation must post, by its kind: legs on the PSP's receivable and fees, on the merchant's payable
// and the platform's fees, and on the two memo accounts. A reversal is looked at line by line in the check "reversal",
// what answers a late success in late_posting.cpp.
#include <algorithm>
#include <array>
#include <span>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

// The journal that an operation posts: its amount times `real` to what the PSP owes and keeps, times `memo` to what it
// holds.
struct Rule {
    Text operation;
    std::int16_t journal;
    int real;
    int memo;
};
constexpr auto kRules = std::to_array<Rule>({{"sale", 1, 1, 0},
                                             {"authorize", 2, 0, 1},
                                             {"capture", 1, 1, 0},
                                             {"capture", 3, 0, -1},
                                             {"void", 3, 0, -1},
                                             {"expire", 3, 0, -1},
                                             {"refund", 4, -1, 0},
                                             {"capture_failure", 5, -1, 0},
                                             {"capture_failure", 2, 0, 1},
                                             {"refund_failure", 6, 1, 0}});

using Lines = std::span<const StoredEntry>;

bool is_of(const StoredEntry& entry, const StoredAttempt& attempt, std::int16_t journal) {
    return entry.operation_id == attempt.operation_id && entry.attempt == attempt.number && entry.kind == journal;
}

bool is_same_journal(const StoredEntry& a, const StoredEntry& b) {
    return a.operation_id == b.operation_id && a.attempt == b.attempt && a.kind == b.kind;
}

Wide sum_of(Lines lines, StoredAccount::Side side) {
    Wide sum = 0;
    for (const auto& line : lines) sum += line.account && line.account->side == side ? line.amount : 0;
    return sum;
}

std::string wrong_account(const StoredAttempt& attempt, const StoredEntry& line) {
    if (line.currency != attempt.currency)
        return fmt::format("it is in {}, its operation in {}", line.currency, attempt.currency);
    if (!line.account) return {};
    if (line.account->side == StoredAccount::Side::strange) {
        return "it has a line on an account that is neither the PSP's, the merchant's nor the platform's";
    }
    const std::string psp_account = fmt::format("{} {}", attempt.psp, attempt.psp_account);
    if (!line.account->psp_account.empty() && line.account->psp_account != psp_account) {
        return fmt::format("it is on {}, its operation on {}", line.account->psp_account, psp_account);
    }
    return {};
}

std::string detail_of(const StoredAttempt& attempt, const Rule& rule, Lines lines) {
    if (lines.empty()) return "it was approved, but this journal is missing";
    for (const StoredEntry& line : lines) {
        if (std::string detail = wrong_account(attempt, line); !detail.empty()) return detail;
    }
    using enum StoredAccount::Side;
    const Wide real = rule.real * Wide{attempt.amount};
    const Wide memo = rule.memo * (attempt.amount + (rule.memo < 0 ? Wide{attempt.releases()} : 0));
    if (sum_of(lines, psp) == real && sum_of(lines, ours) == -real && sum_of(lines, psp_memo) == memo &&
        sum_of(lines, merchant_memo) == -memo) {
        return {};
    }
    return fmt::format(
        "it posts {} to what the PSP owes and keeps and {} to what it holds; the operation makes {} and {}",
        sum_of(lines, psp), sum_of(lines, psp_memo), real, memo);
}

// The journal's lines: those of an operation and a kind stand together, in the order of their numbers.
Lines journal_of(const Evidence& evidence, const StoredAttempt& attempt, std::int16_t journal) {
    const auto mine = [&](const StoredEntry& entry) { return is_of(entry, attempt, journal); };
    const auto begin = std::ranges::find_if(evidence.entries, mine);
    return {begin, std::find_if_not(begin, evidence.entries.end(), mine)};
}

bool is_due(const Evidence& evidence, const StoredEntry& entry) {
    const StoredAttempt* attempt = evidence.attempt(entry.operation_id, entry.attempt);
    if (attempt && attempt->is_late()) return is_late_journal(*attempt, entry.kind);
    return attempt && attempt->won() && std::ranges::any_of(kRules, [&](const Rule& rule) {
               return rule.operation == attempt->kind && rule.journal == entry.kind;
           });
}

}  // namespace

void check_posting(const Evidence& evidence, Findings& findings) {
    const auto subject = [&](const Uuid& operation, int attempt, int journal) {
        return fmt::format("{} journal {}", subject_of(evidence.payment_id, operation, attempt), journal);
    };
    for (const StoredAttempt& attempt : evidence.attempts) {
        if (!attempt.won()) continue;
        for (const Rule& rule : kRules) {
            if (rule.operation != attempt.kind) continue;
            std::string detail = detail_of(attempt, rule, journal_of(evidence, attempt, rule.journal));
            if (!detail.empty())
                findings.add(subject(attempt.operation_id, attempt.number, rule.journal), std::move(detail));
        }
    }
    check_late_posting(evidence, findings);
    const StoredEntry* before = nullptr;
    for (const StoredEntry& entry : evidence.entries) {
        const bool begins = !before || !is_same_journal(*before, entry);
        before = &entry;
        if (!begins || is_due(evidence, entry)) continue;
        findings.add(subject(entry.operation_id, entry.attempt, entry.kind),
                     "its operation, of its kind and outcome, posts no such journal");
    }
}

}  // namespace florin::verify
