#include "flow/settle.hpp"

#include <algorithm>
#include <exception>

#include "flow/late_success.hpp"
#include "flow/settlement.hpp"
#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using observe::Level;
using store::SettlementResult;

constexpr Milliseconds kCommitWithin{5'000};
constexpr Milliseconds kRacePause{10};
constexpr Milliseconds kFirstPause{50};
constexpr Milliseconds kLongestPause{1'000};

Task<store::StoredOperation> load_operation(const Services& services, payments::Attempt attempt, Deadline deadline) {
    auto found = co_await services.store.find_operation(attempt.payment, attempt.operation, deadline);
    if (!found) throw std::runtime_error("operation " + to_string(attempt.operation) + " is not in the database");
    co_return std::move(*found);
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
        if (verdict.is_word || verdict.judgement.outcome == payments::Outcome::not_executed) return false;
        holds_lease = false;  // evidence is recorded also from who lost the lease (rule 26)
    }
    verdict.payment = stored.payment;
    return true;
}

// Only what takes money in earns a fee.
bool needs_fee(const Verdict& verdict) {
    const auto kind = verdict.attempt.kind;
    const bool captures = kind == payments::OperationKind::sale || kind == payments::OperationKind::capture;
    return captures && verdict.judgement.outcome == payments::Outcome::approved && !verdict.platform_fee;
}

// A PSP that has nothing to release where our books hold something: it was captured there, and a human must look.
void alert_of_refused_release(const Services& services, const Verdict& verdict) {
    observe::log(Level::error, "payment.release_refused",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"kind", payments::to_string(verdict.attempt.kind)},
                  {"amount", verdict.attempt.amount.minor_units()},
                  {"currency", verdict.attempt.amount.currency().code()},
                  {"why", verdict.judgement.decline ? verdict.judgement.decline->code : ""}});
    services.metrics.psp_alert(verdict.attempt.psp, "release_refused");
}

// The PSP would not give back what it took late: it stands in suspense, and a human must look.
void alert_of_late_charge(const Services& services, const Verdict& verdict) {
    observe::log(Level::error, "payment.late_charge_stays",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"kind", payments::to_string(verdict.attempt.kind)},
                  {"amount", verdict.attempt.amount.minor_units()},
                  {"currency", verdict.attempt.amount.currency().code()},
                  {"psp_reference", verdict.attempt.parameters.late ? verdict.attempt.parameters.late->reference : ""},
                  {"why", verdict.judgement.decline ? verdict.judgement.decline->code : ""}});
    services.metrics.psp_alert(verdict.attempt.psp, "late_charge_stays");
}

void tell(const Services& services, const Verdict& verdict) {
    using payments::OperationKind;
    const auto kind = verdict.attempt.kind;
    count_outcome(services, verdict.attempt, verdict.judgement.outcome);
    observe::log(Level::info, "operation.settled",
                 {{"request", to_string(verdict.attempt.request)},
                  {"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"attempt", verdict.attempt.number},
                  {"kind", payments::to_string(kind)},
                  {"outcome", payments::to_string(verdict.judgement.outcome)}});
    const bool is_declined = verdict.judgement.outcome == payments::Outcome::declined;
    if (payments::answers_late_success(kind) && is_declined) alert_of_late_charge(services, verdict);
    const bool releases = kind == OperationKind::void_ || kind == OperationKind::expire;
    if (releases && is_declined) alert_of_refused_release(services, verdict);
}

// Rule 7. What the PSP has stored as a success was executed, however strange its object: to find nothing proves nothing
// then.
bool fences(const psp::Answer& answer) {
    const bool is_success = answer.http_status >= 200 && answer.http_status < 300;
    return answer.replayed && !is_success;
}

}  // namespace

Verdict verdict_of(payments::Payment payment, payments::Attempt attempt, const psp::Answer& answer,
                   bool first_and_only_call) {
    auto judgement = psp::judge(answer, first_and_only_call);
    const bool unknown = judgement.outcome == payments::Outcome::unknown;
    // An answer that contradicts the request names an object that need not be ours.
    if (unknown && answer.alert) judgement.psp_reference.reset();
    return {.payment = std::move(payment),
            .attempt = std::move(attempt),
            .judgement = std::move(judgement),
            .evidence = answer.evidence,
            .fences = unknown && fences(answer),
            .actor = {}};
}

void count_outcome(const Services& services, const payments::Attempt& attempt, payments::Outcome outcome) {
    services.metrics.operation_outcome(attempt.psp, payments::to_string(attempt.kind), payments::to_string(outcome));
}

Task<Standing> settle(const Services& services, Verdict verdict, Deadline deadline) {
    if (needs_fee(verdict)) {
        verdict.platform_fee =
            co_await services.store.fee_rule(verdict.payment.merchant, verdict.payment.amount.currency(), deadline);
    }
    bool holds_lease = true;
    // Captures and refunds of one payment overlap: each that settles moves the version under the others.
    while (!deadline.passed()) {
        // Of what ended long ago the payment has no place any more: what stands is read at once.
        const bool has_a_place = payments::can_settle(verdict.payment, verdict.attempt);
        const auto expected_version = verdict.payment.version;
        auto result = SettlementResult::lost;
        payments::Step step{verdict.payment, {}, 0, {}};
        if (has_a_place) {
            auto settlement = settlement_of(services, verdict, holds_lease);
            step = settlement.step;
            result = co_await services.store.commit(std::move(settlement), deadline);
        }
        if (result == SettlementResult::won) {
            tell(services, verdict);
            co_return Standing{
                .payment = step.payment, .result = result_of(step, verdict.judgement.outcome), .is_ours = true};
        }
        if (result == SettlementResult::reference_taken) {
            refuse_reference(services, verdict);
            continue;
        }
        auto stored = co_await load_operation(services, verdict.attempt, deadline);
        if (!may_try_again(stored, verdict, holds_lease)) {
            co_return co_await settle_late(services, std::move(verdict), std::move(stored));
        }
        if (verdict.payment.version == expected_version) co_await pause(services.executor, kRacePause);
    }
    throw std::runtime_error("the payment did not stand still");
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
