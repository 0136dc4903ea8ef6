#include "flow/late_failures.hpp"

#include <algorithm>

#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "flow/reversal.hpp"
#include "flow/settlement.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kLookAgain{10 * 60'000};
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kAtOnce = 10;

Task<void> look(const Services& services, const PspAccount& account, store::Watched watched) {
    auto call = call_of(watched.payment, watched.attempt);
    call.attempt = watched.sent_as;
    const auto answer =
        co_await send_read(*account.psp, watched.psp_reference, call, Deadline::after(services.options.psp_deadline));
    const auto judgement = psp::judge(answer, false);
    const auto operation = watched.attempt.operation;
    // Where the PSP gave no clear answer, or something open stands in the way of the reversal.
    std::optional<Milliseconds> next = kLookAgain;
    if (judgement.outcome == Outcome::approved) {
        const auto* looks = looks_of(account.psp->rules(), watched.attempt.kind);
        next = looks == nullptr ? std::nullopt : next_look(*looks, watched.age);
    } else if (judgement.outcome == Outcome::declined) {
        co_await record_failure(services, std::move(watched), judgement, answer.evidence);
    }
    co_await services.store.move_watch(operation, next, Deadline::after(kWithin));
}

Task<std::size_t> take(const Services& services, const PspAccount& account, Crew& crew) {
    auto due = co_await services.store.take_watched(account.account, services.options.lease,
                                                    static_cast<int>(crew.room()), Deadline::after(kWithin));
    for (auto& watched : due) crew.start(look(services, account, std::move(watched)));
    co_return due.size();
}

}  // namespace

std::optional<Milliseconds> next_look(const std::vector<Milliseconds>& looks, Milliseconds age) {
    const auto next = std::ranges::upper_bound(looks, age);
    return next == looks.end() ? std::nullopt : std::optional(*next - age);
}

const Duty kLateFailures{.name = "late_failures",
                         .queue = "watched_operations",
                         .at_once = kAtOnce,
                         .pause = kTick,
                         .pause_while_more = kTick,
                         .take = take};

}  // namespace florin::flow
