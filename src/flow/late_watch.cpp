#include "flow/late_watch.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "base/fail_point.hpp"
#include "flow/late_failures.hpp"
#include "flow/look.hpp"
#include "flow/look_up_groups.hpp"
#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "flow/settle.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using namespace std::chrono_literals;
using payments::Outcome;
using NextLook = store::Store::NextLook;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kWithin{10'000};
constexpr Milliseconds kLookAgain{10 * 60'000};  // where a sweep was cut short
constexpr std::size_t kAtOnce = 500;             // attempts of one account, however few sweeps that takes
constexpr auto kLooks = std::to_array<Milliseconds>({10min, 1h, 6h, 24h, 72h, 7 * 24h, 14 * 24h, 21 * 24h, 28 * 24h});

store::Taken to_look_up(store::WatchedAttempt watched) {
    return {.attempt = std::move(watched.attempt),
            .payment = std::move(watched.payment),
            .generation = 0,
            .tries = 0,
            .may_send = false,
            .absence_proves = false,
            .fenced_at = std::nullopt,
            .recorded_at = watched.recorded_at,
            .send_until = watched.send_until,
            .age = watched.age,
            .psp_reference = std::nullopt,
            .parked = false};
}

// A success goes the way of every late success. False when it has to be seen again: what it throws, or what something
// open stands in the way of.
Task<bool> has_settled(const Services& services, store::Taken closed, psp::Answer answer) {
    const auto operation = closed.attempt.operation;
    try {
        auto verdict = verdict_of(std::move(closed.payment), std::move(closed.attempt), answer, false);
        if (verdict.judgement.outcome != Outcome::approved) co_return true;
        verdict.actor = kLateWatchActor;
        const auto standing = co_await settle(services, std::move(verdict), Deadline::after(kWithin));
        co_return !standing.comes_back;
    } catch (const std::exception& error) {
        observe::log(observe::Level::error, "late_watch.failed",
                     {{"operation", to_string(operation)}, {"why", error.what()}});
    }
    co_return false;
}

// `until`: then another worker may take them.
Task<void> look(const Services& services, const PspAccount& account, std::vector<store::Taken> group, Deadline until) {
    const auto& rules = account.psp->rules();
    const auto looks = late_looks(rules.longest_settlement);
    const auto call = until.earlier(Deadline::after(services.options.psp_deadline));
    const auto seen = co_await send_look_up(*account.psp, look_up_of(group, rules), call);
    FLORIN_FAIL_POINT("late_watch_after_answer");
    std::vector<NextLook> next;
    for (auto& closed : group) {
        const auto found = seen.found.find(psp::idempotency_key(closed.attempt.operation, closed.attempt.number));
        NextLook look{.operation = closed.attempt.operation,
                      .attempt = closed.attempt.number,
                      .after = seen.complete ? next_look(looks, closed.age) : std::optional(kLookAgain)};
        if (found != seen.found.end()) {
            const bool is_settled = co_await has_settled(services, std::move(closed), found->second);
            if (!is_settled) look.after = kLookAgain;
        }
        next.push_back(look);
    }
    co_await services.store.move_watched_attempts(std::move(next), Deadline::after(kWithin));
}

// Captures and releases show in their payment's object, not in a list: a read each. One after another, so that what was
// read is done with however slow the PSP is, and its limit stays for the payments of the moment (P-17).
Task<void> look_at_each(const Services& services, const PspAccount& account, std::vector<store::Taken> all,
                        Deadline until) {
    for (auto& closed : all) {
        std::vector<store::Taken> one;
        one.push_back(std::move(closed));
        co_await look(services, account, std::move(one), until);
    }
}

Task<std::size_t> take(const Services& services, const PspAccount& account, Crew& crew) {
    const auto until = Deadline::after(services.options.lease);
    auto due = co_await services.store.take_watched_attempts(account.account, services.options.lease,
                                                             static_cast<int>(crew.room()), Deadline::after(kWithin));
    const auto count = due.size();
    if (count > 0) FLORIN_FAIL_POINT("late_watch_after_take");
    std::vector<store::Taken> listed, unlisted;
    for (auto& watched : due) {
        auto& taken = creates_object(watched.attempt.kind) ? listed : unlisted;
        taken.push_back(to_look_up(std::move(watched)));
    }
    for (auto& group : look_up_groups(std::move(listed))) {
        const auto size = group.size();
        crew.start(look(services, account, std::move(group), until), size);
    }
    const auto size = unlisted.size();
    if (size > 0) crew.start(look_at_each(services, account, std::move(unlisted), until), size);
    co_return count;
}

}  // namespace

std::vector<Milliseconds> late_looks(Milliseconds longest_settlement) {
    std::vector<Milliseconds> looks;
    for (const auto at : kLooks) {
        if (at < longest_settlement) looks.push_back(at);
    }
    if (longest_settlement > Milliseconds{0}) looks.push_back(longest_settlement);
    return looks;
}

std::optional<store::Watch> late_watch_of(const psp::Rules& rules) {
    const auto looks = late_looks(rules.longest_settlement);
    if (looks.empty()) return std::nullopt;
    // Past the last look, so that it is one.
    return store::Watch{.first_look = looks.front(), .until = looks.back() + rules.longest_request};
}

const Duty kLateWatch{.name = "late_watch",
                      .queue = "watched_attempts",
                      .at_once = kAtOnce,
                      .pause = kTick,
                      .pause_while_more = kTick,
                      .take = take};

}  // namespace florin::flow
