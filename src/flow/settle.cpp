#include "flow/settle.hpp"

#include <algorithm>
#include <exception>

#include "flow/late_charge.hpp"
#include "flow/settlement.hpp"
#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using observe::Level;
using store::SettlementResult;

constexpr int kRounds = 8;  // versions that moved under us, one after the other
constexpr Milliseconds kCommitWithin{5'000};
constexpr Milliseconds kFirstPause{50};
constexpr Milliseconds kLongestPause{1'000};

Task<store::StoredOperation> load_operation(const Services& services, payments::Attempt attempt, Deadline deadline) {
    auto found = co_await services.store.find_operation(attempt.payment, attempt.operation, deadline);
    if (!found) throw std::runtime_error("operation " + to_string(attempt.operation) + " is not in the database");
    co_return std::move(*found);
}

Standing standing_of(store::StoredOperation stored) {
    return {.payment = std::move(stored.payment), .result = std::move(stored.result)};
}

// A PSP reference that another operation holds: one charge cannot settle two. A human must look.
void refuse_reference(const Services& services, Verdict& verdict) {
    const auto reference = verdict.judgement.psp_reference.value_or("");
    observe::log(Level::error, "payment.reference_taken",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"attempt", verdict.attempt.number},
                  {"psp_reference", reference}});
    services.metrics.psp_alert(verdict.attempt.psp, "reference_taken");
    verdict.evidence = "reference " + reference + " belongs to another operation; " + verdict.evidence;
    verdict.judgement = payments::Judgement{};  // unknown
}

// True when the verdict may be tried again on what was read; false when what is stored is the answer.
bool may_try_again(const store::StoredOperation& stored, Verdict& verdict, bool& holds_lease) {
    if (stored.attempt.number != verdict.attempt.number || stored.result) return false;
    if (stored.generation != verdict.generation) {
        if (verdict.judgement.outcome == payments::Outcome::not_executed) return false;
        holds_lease = false;  // evidence is recorded also from who lost the lease (rule 26)
    }
    verdict.payment = stored.payment;
    return true;
}

void count(const Services& services, const Verdict& verdict) {
    services.metrics.payment_outcome(verdict.attempt.psp, payments::to_string(verdict.judgement.outcome));
}

}  // namespace

Verdict verdict_of(payments::Payment payment, payments::Attempt attempt, const psp::Answer& answer,
                   bool first_and_only_call) {
    auto judgement = psp::judge(answer, first_and_only_call);
    const bool open = !payments::closes_attempt(judgement.outcome);
    // An answer that contradicts the request names an object that need not be ours.
    if (judgement.outcome == payments::Outcome::unknown && answer.alert) judgement.psp_reference.reset();
    return {.payment = std::move(payment),
            .attempt = std::move(attempt),
            .judgement = std::move(judgement),
            .evidence = answer.evidence,
            .fences = open && answer.replayed,
            .actor = {}};
}

Task<Standing> settle(const Services& services, Verdict verdict, Deadline deadline) {
    const bool approved = verdict.judgement.outcome == payments::Outcome::approved;
    if (approved && !verdict.platform_fee) {
        verdict.platform_fee =
            co_await services.store.fee_rule(verdict.payment.merchant, verdict.payment.amount.currency(), deadline);
    }
    bool holds_lease = true;
    for (int round = 0; round < kRounds; ++round) {
        auto settlement = settlement_of(services, verdict, holds_lease);
        auto step = settlement.step;
        const auto result = co_await services.store.commit(std::move(settlement), deadline);
        if (result == SettlementResult::won) {
            count(services, verdict);
            co_return Standing{
                .payment = step.payment, .result = result_of(step, verdict.judgement.outcome), .is_ours = true};
        }
        if (result == SettlementResult::reference_taken) {
            refuse_reference(services, verdict);
            continue;
        }
        auto stored = co_await load_operation(services, verdict.attempt, deadline);
        if (may_try_again(stored, verdict, holds_lease)) continue;
        if (is_late_success(stored, verdict)) co_return co_await settle_late(services, verdict, stored, deadline);
        co_return standing_of(std::move(stored));
    }
    co_return standing_of(co_await load_operation(services, verdict.attempt, deadline));
}

Task<std::optional<Standing>> settle_until(const Services& services, Verdict verdict, Deadline deadline) {
    for (auto pause_for = kFirstPause; !deadline.passed(); pause_for = std::min(pause_for * 2, kLongestPause)) {
        std::string failure;
        try {
            co_return co_await settle(services, verdict, deadline.earlier(Deadline::after(kCommitWithin)));
        } catch (const std::exception& error) {
            failure = error.what();
        }
        observe::log(Level::warning, "payment.outcome_not_written",
                     {{"payment", to_string(verdict.payment.id)},
                      {"operation", to_string(verdict.attempt.operation)},
                      {"outcome", payments::to_string(verdict.judgement.outcome)},
                      {"why", failure}});
        co_await pause(services.executor, pause_for);
    }
    co_return std::nullopt;
}

}  // namespace florin::flow
