// What an answer to a late success posts: what the PSP did late and that it was undone, or could not be. Money that
// came in counts up, what went to the payer down; holds and releases the same on the memo accounts. All of it passes
// through one account, which both journals leave as it was.
#include <array>
#include <map>

#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

using Side = StoredAccount::Side;

constexpr std::int16_t kCharge = 7, kReturn = 8, kSuspense = 9;

struct Effect {
    Text kind;  // of the operation whose success came late
    int real, memo;
};
constexpr auto kEffects = std::to_array<Effect>({{"sale", 1, 0},
                                                 {"capture", 1, 0},
                                                 {"authorize", 0, 1},
                                                 {"void", 0, -1},
                                                 {"expire", 0, -1},
                                                 {"late_void", 0, -1},
                                                 {"refund", -1, 0},
                                                 {"late_refund", -1, 0}});

// The attempt whose success it answers: "op_…-1".
const StoredAttempt* late_attempt(const Evidence& evidence, const StoredAttempt& answer) {
    const auto name = answer.word("late").value_or("");
    for (const auto& attempt : evidence.attempts) {
        if (fmt::format("op_{}-{}", to_string(attempt.operation_id), attempt.number) == name) return &attempt;
    }
    return nullptr;
}

using Sums = std::map<std::pair<std::int16_t, Side>, Wide>;

Sums sums_of(const Evidence& evidence, const StoredAttempt& answer) {
    Sums sums;
    for (const auto& entry : evidence.entries) {
        if (entry.operation_id != answer.operation_id || entry.attempt != answer.number || !entry.account) continue;
        sums[{entry.kind, entry.account->side}] += entry.amount;
    }
    std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
    return sums;
}

Sums wanted(const StoredAttempt& answer, const StoredAttempt& late_one, const Effect& effect) {
    const bool is_memo = effect.memo != 0;
    // Of a return that had succeeded: the PSP took it back.
    const int sign = late_one.kind == "late_refund" && late_one.won() ? -1 : 1;
    const Wide amount = sign * (effect.real + effect.memo) * Wide{answer.amount};
    const Side psp = is_memo ? Side::psp_memo : Side::psp;
    const Side late = is_memo ? Side::late_memo : Side::late;
    const Side suspense = is_memo ? Side::suspense_memo : Side::suspense;
    Sums sums{{{kCharge, psp}, amount}, {{kCharge, late}, -amount}};
    const bool is_undone = answer.won() && answer.kind != "late_suspense";
    const std::int16_t second = is_undone ? kReturn : kSuspense;
    sums[{second, late}] = amount;
    sums[{second, is_undone ? psp : suspense}] = -amount;
    return sums;
}

std::string detail_of(const Evidence& evidence, const StoredAttempt& answer) {
    const auto* late = late_attempt(evidence, answer);
    if (late == nullptr) return "what it answers is no attempt of its payment";
    const auto effect = std::ranges::find(kEffects, late->kind, &Effect::kind);
    if (effect == kEffects.end()) return fmt::format("it answers a {}", late->kind);
    if (answer.amount != late->amount || answer.currency != late->currency) {
        return fmt::format("it is of {} {}, what it answers of {} {}", answer.amount, answer.currency, late->amount,
                           late->currency);
    }
    if (sums_of(evidence, answer) == wanted(answer, *late, *effect)) return {};
    return fmt::format("its journals do not book a late {} of {} {} that was {}", late->kind, answer.amount,
                       answer.currency, answer.won() && answer.kind != "late_suspense" ? "undone" : "not undone");
}

}  // namespace

bool is_late_journal(const StoredAttempt& attempt, std::int16_t journal) {
    if (!attempt.posts()) return false;
    const bool is_undone = attempt.won() && attempt.kind != "late_suspense";
    return journal == kCharge || journal == (is_undone ? kReturn : kSuspense);
}

void check_late_posting(const Evidence& evidence, Findings& findings) {
    for (const StoredAttempt& attempt : evidence.attempts) {
        if (!attempt.is_late() || !attempt.posts()) continue;
        std::string detail = detail_of(evidence, attempt);
        if (detail.empty()) continue;
        findings.add(subject_of(evidence.payment_id, attempt.operation_id, attempt.number), std::move(detail));
    }
}

}  // namespace florin::verify
