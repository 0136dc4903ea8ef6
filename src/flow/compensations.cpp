#include "flow/compensations.hpp"

#include <exception>

#include "base/fail_point.hpp"
#include "flow/compensation.hpp"
#include "flow/operation_plan.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kWithin{10'000};
constexpr Milliseconds kOpenLook{5'000};  // the resolver has it
constexpr std::size_t kAtOnce = 50;

Task<void> try_again(const Services& services, const PspAccount& account, store::StandingLate standing) {
    const auto call = Deadline::after(services.options.psp_deadline);  // rule 12: before the statement is submitted
    const auto lease = Deadline::after(services.options.lease);
    const auto now = services.clock.now();
    auto attempt = std::move(standing.attempt);
    attempt.number = static_cast<std::int16_t>(attempt.number + 1);
    attempt.actor = kCompensationActor;
    attempt.request = RequestId::make(now, bucket_of(standing.payment.merchant.uuid()), standing.payment.live);
    auto payment = std::move(standing.payment);
    const auto expected_version = payment.version++;
    store::NextAttempt next{.attempt = attempt,
                            .payment = payment,
                            .expected_version = expected_version,
                            .durations = durations_of(services.options, attempt.kind, account.psp->rules()),
                            .actor = kCompensationActor,
                            .now = now};
    FLORIN_FAIL_POINT("before_compensation_attempt");
    const auto result = co_await services.store.commit(std::move(next), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("after_compensation_attempt");
    // The payment has moved, or another worker was quicker.
    if (!std::holds_alternative<store::IntentWon>(result)) {
        co_return co_await services.store.move_standing(attempt.operation, kTick, Deadline::after(kWithin));
    }
    co_await perform_compensation(services, std::move(payment), std::move(attempt), call, lease);
}

Task<void> look(const Services& services, const PspAccount& account, store::StandingLate standing) {
    const auto operation = standing.attempt.operation;
    if (!standing.outcome)
        co_return co_await services.store.move_standing(operation, kOpenLook, Deadline::after(kWithin));
    if (*standing.outcome == Outcome::not_executed)
        co_return co_await try_again(services, account, std::move(standing));
    co_await services.store.end_standing(operation, Deadline::after(kWithin));
}

Task<std::size_t> take(const Services& services, const PspAccount& account, Crew& crew) {
    auto due = co_await services.store.take_standing(account.account, services.options.lease,
                                                     static_cast<int>(crew.room()), Deadline::after(kWithin));
    for (auto& standing : due) crew.start(look(services, account, std::move(standing)));
    const auto count = co_await services.store.count_standing(account.account, Deadline::after(kWithin));
    const auto mode = account.account.live ? "live" : "test";
    services.metrics.late_charges_standing(account.account.psp, account.account.name, mode, count);
    co_return due.size();
}

}  // namespace

const Duty kCompensations{.name = "compensations",
                          .queue = "standing_late_charges",
                          .at_once = kAtOnce,
                          .pause = kTick,
                          .pause_while_more = kTick,
                          .take = take};

}  // namespace florin::flow
