#include "flow/compensation.hpp"

#include <exception>

#include "base/assert.hpp"
#include "base/fail_point.hpp"
#include "flow/late_watch.hpp"
#include "flow/next_step.hpp"
#include "flow/operation_plan.hpp"
#include "flow/perform.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::LateEffect;
using payments::OperationKind;
using payments::Outcome;
using payments::Remedy;
using store::CompensationResult;

constexpr Milliseconds kWithin{5'000};
constexpr Milliseconds kSuspendWithin{15'000};

// The PSP's object in which the success shows: its own, else the payment's.
std::string object_of(const Verdict& late) {
    auto reference = late.judgement.psp_reference ? late.judgement.psp_reference : late.payment.psp_reference;
    FLORIN_ASSERT(reference.has_value());
    return std::move(*reference);
}

store::LateClaim claim_of(const Verdict& late) {
    return {.operation = late.attempt.operation,
            .attempt = late.attempt.number,
            .reference = object_of(late),
            .reference_is_new = creates_object(late.attempt.kind)};
}

payments::Attempt answer_to(const Verdict& late, OperationKind kind, WallTime now) {
    const auto bucket = bucket_of(late.payment.merchant.uuid());
    auto attempt = late.attempt;
    attempt.operation = OperationId::make(now, bucket, late.payment.live);
    attempt.number = 1;
    attempt.kind = kind;
    attempt.parameters = {.late = payments::LateSuccess{.operation = late.attempt.operation,
                                                        .attempt = late.attempt.number,
                                                        .reference = object_of(late)}};
    attempt.actor = kCompensationActor;
    attempt.request = RequestId::make(now, bucket, late.payment.live);
    return attempt;
}

Task<bool> compensate(const Services& services, Verdict late, Remedy remedy) {
    const auto call = Deadline::after(services.options.psp_deadline);  // rule 12: before the statement is submitted
    const auto lease = Deadline::after(services.options.lease);
    const auto* account = services.psps.find(account_of(late.attempt));
    FLORIN_ASSERT(account != nullptr);
    auto attempt = answer_to(late, operation_of(remedy), services.clock.now());
    auto payment = late.payment;
    ++payment.version;
    store::Compensation compensation{.late = claim_of(late),
                                     .attempt = attempt,
                                     .payment = payment,
                                     .expected_version = late.payment.version,
                                     .durations = durations_of(services.options, attempt.kind, account->psp->rules())};
    FLORIN_FAIL_POINT("before_compensation_commit");
    const auto result = co_await services.store.commit(std::move(compensation), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("after_compensation_commit");
    if (result == CompensationResult::version_moved) co_return false;
    if (result == CompensationResult::reference_taken) {
        tell_of_late_success(services, late,
                             "its PSP object belongs to another operation, or is a second one: a human must look");
    }
    if (result != CompensationResult::won) co_return true;
    tell_of_remedy(services, late, remedy);
    co_await perform_compensation(services, std::move(payment), std::move(attempt), call, lease);
    co_return true;
}

std::vector<ledger::Journal> suspended(const Verdict& late, LateEffect effect) {
    const ledger::Late booked{.psp = account_of(late.attempt),
                              .amount = late.attempt.amount,
                              .is_hold = effect == LateEffect::holds || effect == LateEffect::releases,
                              .goes_out = effect == LateEffect::gives_back || effect == LateEffect::releases};
    auto charge = ledger::late_charge_journal(booked);
    auto suspense = ledger::late_suspense_journal(booked);
    FLORIN_ASSERT(charge && suspense);
    return {std::move(*charge), std::move(*suspense)};
}

Task<bool> suspend(const Services& services, Verdict late, LateEffect effect) {
    const auto now = services.clock.now();
    auto attempt = answer_to(late, OperationKind::late_suspense, now);
    payments::Judgement judgement;
    judgement.outcome = Outcome::approved;
    store::Record record{.settlement = {.attempt = attempt,
                                        .outcome = Outcome::approved,
                                        .expected_version = late.payment.version,
                                        .step = payments::apply(late.payment, attempt, judgement, now),
                                        .journals = suspended(late, effect),
                                        .evidence = late.evidence,
                                        .claims_reference = std::nullopt,
                                        .generation = 1,
                                        .needs_generation = false,
                                        .next_try = std::nullopt,
                                        .actor = kCompensationActor,
                                        .now = now},
                         .key = {},
                         .late = claim_of(late)};
    FLORIN_FAIL_POINT("before_suspense_commit");
    const auto result = co_await services.store.commit(std::move(record), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("after_suspense_commit");
    if (result == store::RecordResult::version_moved) co_return false;
    if (result == store::RecordResult::reference_taken) {
        tell_of_late_success(services, late, "its PSP object belongs to another operation: a human must look");
    }
    if (result == store::RecordResult::won) {
        tell_of_remedy(services, late, Remedy::suspend);
        count_outcome(services, attempt, Outcome::approved);
    }
    co_return true;
}

}  // namespace

Task<bool> answer_late_success(const Services& services, Verdict late, Remedy remedy) {
    if (remedy == Remedy::nothing) co_return true;
    const auto* step = payments::saga_step(late.attempt.kind);
    FLORIN_ASSERT(step != nullptr);
    if (remedy == Remedy::suspend) co_return co_await suspend(services, std::move(late), step->effect);
    co_return co_await compensate(services, std::move(late), remedy);
}

Task<void> suspend_failed_return(const Services& services, store::Watched watched, std::string evidence) {
    Verdict failed{.payment = std::move(watched.payment),
                   .attempt = std::move(watched.attempt),
                   .judgement = {.outcome = Outcome::approved,
                                 .psp_reference = watched.psp_reference,
                                 .decline = {},
                                 .next_action = {}},
                   .evidence = std::move(evidence),
                   .actor = kCompensationActor};
    for (const auto until = Deadline::after(kSuspendWithin); !until.passed();) {
        const bool is_done = co_await suspend(services, failed, LateEffect::takes);
        if (is_done) break;
        auto read = co_await services.store.find_operation(failed.payment.id, failed.attempt.operation,
                                                           Deadline::after(kWithin));
        if (!read) break;
        failed.payment = std::move(read->payment);
    }
    services.metrics.psp_alert(failed.attempt.psp, "late_charge_stays");
}

Task<void> watch_again(const Services& services, payments::Attempt late) {
    const auto* account = services.psps.find(account_of(late));
    FLORIN_ASSERT(account != nullptr);
    const auto& rules = account->psp->rules();
    const auto durations = durations_of(services.options, late.kind, rules);
    co_await services.store.watch_attempt(std::move(late), durations.execute + durations.call,
                                          {.first_look = Milliseconds{0}, .until = rules.longest_settlement},
                                          Deadline::after(kWithin));
}

Task<void> perform_compensation(const Services& services, payments::Payment payment, payments::Attempt attempt,
                                Deadline call, Deadline lease) {
    const auto operation = attempt.operation;
    const auto number = attempt.number;
    auto standing = co_await perform(services, {.payment = std::move(payment),
                                                .attempt = std::move(attempt),
                                                .deadlines = {.commit = lease, .call = call, .lease = lease}});
    if (!standing || !standing->result) co_return;
    if (standing->result->outcome == Outcome::not_executed) {
        co_await services.store.move_standing(operation, pause_before_next(number), Deadline::after(kWithin));
    } else {
        co_await services.store.end_standing(operation, Deadline::after(kWithin));
    }
}

void tell_of_late_success(const Services& services, const Verdict& late, std::string_view what) {
    observe::log(observe::Level::error, "payment.late_success",
                 {{"payment", to_string(late.payment.id)},
                  {"operation", to_string(late.attempt.operation)},
                  {"kind", payments::to_string(late.attempt.kind)},
                  {"attempt", late.attempt.number},
                  {"amount", late.attempt.amount.minor_units()},
                  {"currency", late.attempt.amount.currency().code()},
                  {"psp_reference", late.judgement.psp_reference.value_or("")},
                  {"what", what}});
    services.metrics.psp_alert(late.attempt.psp, "late_success");
}

void tell_of_remedy(const Services& services, const Verdict& late, Remedy remedy) {
    tell_of_late_success(services, late, to_string(remedy));
    services.metrics.late_success(late.attempt.psp, to_string(remedy));
}

}  // namespace florin::flow
