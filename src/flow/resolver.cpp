#include "flow/resolver.hpp"

#include <algorithm>
#include <iterator>

#include "base/fail_point.hpp"
#include "base/timer.hpp"
#include "flow/look_up_groups.hpp"
#include "flow/operation_plan.hpp"
#include "flow/settle_open.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kShortestTick{50};
constexpr std::size_t kAtOnce = 50;   // requests of one account at the PSP at the same time
constexpr std::size_t kShared = 200;  // operations taken at once while sweeps answer for all of them

std::chrono::nanoseconds now() {
    return Timer::clock_type::now().time_since_epoch();
}

Task<void> ask(const Services& services, OpenWork work, store::Taken taken, StepKind step) {
    co_await settle_by_asking(services, work, std::move(taken), step);
}

Task<void> look_up(const Services& services, OpenWork work, std::vector<store::Taken> group,
                   std::shared_ptr<Sweeps> sweeps, std::shared_ptr<Pace> pace) {
    auto sweep = co_await sweeps->look(work, group);
    if (sweep.requests > 1) pace->owe(static_cast<std::size_t>(sweep.requests - 1));
    co_await settle_swept(services, work, std::move(group), std::move(sweep));
}

}  // namespace

Resolver::Resolver(const Services& services, const PspAccount& account)
    : services_(services),
      account_(account),
      due_(services, account),
      crew_(services.executor, kAtOnce, "resolver"),
      sweeps_(std::make_shared<Sweeps>()),
      pace_(std::make_shared<Pace>(services.options.resolver_per_second)) {
    account.psp->set_listener([pace = pace_](psp::Heard heard) { pace->hear(heard, now()); });
}

// A full taking means that more is due: the next one follows when about as much may be sent again.
Task<Milliseconds> Resolver::pass() {
    const bool was_down = pace_->is_down();
    const auto taken = co_await crew_.fill([this] { return take(); });
    watch_pace(was_down);
    if (taken == 0 || pace_->is_down()) co_return kTick;
    const auto wait = Milliseconds(static_cast<std::int64_t>(1000.0 * kAtOnce / services_.options.resolver_per_second));
    co_return std::clamp(wait, kShortestTick, kTick);
}

// Oldest first, and no more than may leave now: what is taken and not sent would only lose its lease. Long sweeps are
// paid for by waiting, and the more that share one the better.
Task<std::size_t> Resolver::take() {
    const auto may_send = pace_->room(now());
    if (may_send == 0) co_return 0;
    // A probe is one request, whatever the step of what is taken.
    const auto per_request = pace_->is_down() ? 1 : operations_per_request_;
    const auto limit = std::min(per_request == 1 ? crew_.room() : kShared, may_send * per_request);
    const auto call = Deadline::after(services_.options.psp_deadline);  // rule 12
    auto all = co_await due_.take(limit);
    const auto count = all.size();
    if (count == 0) co_return 0;
    FLORIN_FAIL_POINT("resolver_after_take");
    send(std::move(all), call);
    co_return count == limit ? count : 0;
}

// Counted before it begins: an answer may be heard while the next one is sent.
void Resolver::send(std::vector<store::Taken> all, Deadline call) {
    const OpenWork work{.account = account_, .call = call};
    const auto count = all.size();
    std::vector<std::pair<store::Taken, StepKind>> asks;
    std::vector<store::Taken> look_ups;
    for (auto& taken : all) {
        const auto step = next_step(taken, account_.psp->rules(), services_.options.abandon_after);
        if (step.kind == StepKind::look_up)
            look_ups.push_back(std::move(taken));
        else
            asks.emplace_back(std::move(taken), step.kind);
    }
    std::vector<std::vector<store::Taken>> groups;
    for (auto& group : look_up_groups(std::move(look_ups))) {
        std::ranges::move(sweeps_->parts(std::move(group), account_.psp->rules()), std::back_inserter(groups));
    }
    const auto requests = asks.size() + groups.size();
    pace_->spend(requests, now());
    for (auto& [taken, step] : asks) crew_.start(ask(services_, work, std::move(taken), step));
    for (auto& group : groups) crew_.start(look_up(services_, work, std::move(group), sweeps_, pace_));
    operations_per_request_ = std::max<std::size_t>(1, count / requests);
}

void Resolver::watch_pace(bool was_down) {
    const std::string_view mode = account_.account.live ? "live" : "test";
    services_.metrics.resolver_pace(account_.account.psp, mode, pace_->per_second());
    if (was_down == pace_->is_down()) return;
    observe::log(was_down ? observe::Level::info : observe::Level::warning, was_down ? "psp.answers" : "psp.silent",
                 {{"psp", account_.account.psp}, {"account", account_.account.name}, {"mode", mode}});
}

}  // namespace florin::flow
