#include "flow/settle_open.hpp"

#include <algorithm>
#include <exception>

#include "base/fail_point.hpp"
#include "flow/look.hpp"
#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr Milliseconds kCommitWithin{10'000};
constexpr Milliseconds kPayerPause{60'000};  // the longest between two looks at what waits for its payer
constexpr Milliseconds kAfterLag{250};       // past the read lag, as the database computes it

Verdict verdict_on(const OpenWork& work, const store::Taken& taken, const psp::Answer& answer) {
    auto verdict = verdict_of(taken.payment, taken.attempt, answer, false);
    verdict.generation = taken.generation;
    verdict.actor = kResolverActor;
    verdict.next_try = pause_before_next(taken.tries);
    if (verdict.judgement.outcome == Outcome::action_required) {
        verdict.next_try = std::min(verdict.next_try, kPayerPause);
    }
    verdict.park = verdict.judgement.outcome == Outcome::unknown && is_parked_after(taken.tries);
    if (verdict.fences && !taken.fenced_at) verdict.next_try = work.account.psp->rules().read_lag + kAfterLag;
    return verdict;
}

void tell_of_parking(const Verdict& verdict, Milliseconds age) {
    observe::log(observe::Level::error, "resolver.parked",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"attempt", verdict.attempt.number},
                  {"kind", payments::to_string(verdict.attempt.kind)},
                  {"amount", verdict.attempt.amount.minor_units()},
                  {"currency", verdict.attempt.amount.currency().code()},
                  {"age_ms", age.count()},
                  {"evidence", verdict.evidence}});
}

Task<Standing> write(const Services& services, Verdict verdict, StepKind step, const store::Taken& taken) {
    FLORIN_FAIL_POINT("resolver_before_commit");
    auto standing = co_await settle(services, verdict, Deadline::after(kCommitWithin));
    FLORIN_FAIL_POINT("resolver_after_commit");
    const auto outcome = payments::to_string(verdict.judgement.outcome);
    services.metrics.resolver(to_string(step), outcome);
    observe::log(standing.result ? observe::Level::info : observe::Level::debug,
                 standing.result ? "resolver.settled" : "resolver.looked",
                 {{"payment", to_string(verdict.payment.id)},
                  {"operation", to_string(verdict.attempt.operation)},
                  {"attempt", verdict.attempt.number},
                  {"step", to_string(step)},
                  {"outcome", outcome},
                  {"age_ms", taken.age.count()},
                  {"evidence", verdict.evidence}});
    if (verdict.park && !taken.parked && !standing.result) tell_of_parking(verdict, taken.age);
    co_return standing;
}

Task<psp::Answer> ask(const OpenWork& work, const store::Taken& taken, StepKind step) {
    auto& psp = *work.account.psp;
    auto call = call_of(taken.payment, taken.attempt);
    if (step == StepKind::repeat) return send_execute(psp, std::move(call), work.call);
    if (step == StepKind::abandon) return send_abandon(psp, *taken.psp_reference, std::move(call), work.call);
    return send_read(psp, *taken.psp_reference, std::move(call), work.call);
}

// Rule 7: finding nothing is a proof only where the taking said so and every page was read.
psp::Answer absent(const psp::Sweep& sweep) {
    psp::Answer answer;
    answer.evidence = sweep.complete ? "not in the PSP's list" : "look-up incomplete: " + sweep.evidence;
    return answer;
}

Verdict verdict_of_sweep(const Services& services, const OpenWork& work, const store::Taken& taken,
                         const psp::Sweep& sweep) {
    const auto found = sweep.found.find(psp::idempotency_key(taken.attempt.operation, taken.attempt.number));
    if (found != sweep.found.end()) return verdict_on(work, taken, found->second);
    auto verdict = verdict_on(work, taken, absent(sweep));
    const auto step = next_step(taken, work.account.psp->rules(), services.options.abandon_after);
    if (sweep.complete && step.absence_proves) {
        verdict.judgement.outcome = Outcome::not_executed;
        verdict.closed_by_time = !taken.fenced_at;
    }
    // Its list is read on at once: who waits longer with each look would wait for ever.
    if (!sweep.next.empty()) {
        verdict.next_try = pause_before_next(1);
        verdict.park = taken.parked;
    }
    return verdict;
}

void log_failure(const store::Taken& taken, const std::exception& error) {
    observe::log(observe::Level::error, "resolver.failed",
                 {{"operation", to_string(taken.attempt.operation)}, {"why", error.what()}});
}

}  // namespace

Task<Standing> settle_by_asking(const Services& services, OpenWork work, store::Taken taken, StepKind step) {
    FLORIN_FAIL_POINT("resolver_before_call");
    const auto answer = co_await ask(work, taken, step);
    FLORIN_FAIL_POINT("resolver_after_answer");
    co_return co_await write(services, verdict_on(work, taken, answer), step, taken);
}

Task<psp::Sweep> sweep_for(OpenWork work, psp::LookUp wanted) {
    FLORIN_FAIL_POINT("resolver_before_call");
    auto sweep = co_await send_look_up(*work.account.psp, std::move(wanted), work.call);
    FLORIN_FAIL_POINT("resolver_after_answer");
    co_return sweep;
}

Task<std::vector<Standing>> settle_swept(const Services& services, OpenWork work, std::vector<store::Taken> group,
                                         psp::Sweep sweep) {
    std::vector<Standing> standings;
    for (const auto& one : group) {
        try {
            auto verdict = verdict_of_sweep(services, work, one, sweep);
            standings.push_back(co_await write(services, std::move(verdict), StepKind::look_up, one));
        } catch (const std::exception& error) {
            log_failure(one, error);
        }
    }
    co_return standings;
}

Task<Standing> settle_open(const Services& services, OpenWork work, store::Taken taken) {
    const auto step = next_step(taken, work.account.psp->rules(), services.options.abandon_after);
    if (step.kind != StepKind::look_up) co_return co_await settle_by_asking(services, work, taken, step.kind);
    const std::vector<store::Taken> one{taken};
    auto sweep = co_await sweep_for(work, look_up_of(one, work.account.psp->rules()));
    auto standings = co_await settle_swept(services, work, one, std::move(sweep));
    if (standings.empty()) co_return Standing{.payment = taken.payment, .result = std::nullopt};
    co_return std::move(standings.front());
}

}  // namespace florin::flow
