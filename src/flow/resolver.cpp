#include "flow/resolver.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>

#include "base/fail_point.hpp"
#include "flow/housekeeping.hpp"
#include "flow/look_up_groups.hpp"
#include "flow/sale_plan.hpp"
#include "flow/settle_open.hpp"
#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kTakeWithin{10'000};
constexpr std::size_t kAtOnce = 50;  // operations of one account at the PSP at the same time

void log_failure(std::string_view what, std::string_view why) {
    observe::log(observe::Level::error, "resolver.failed", {{"what", what}, {"why", why}});
}

}  // namespace

struct Resolver::State {
    explicit State(const Services& all) : services(all), changed(all.executor) {}
    const Services& services;
    bool is_stopping = false;
    std::size_t loops = 0;
    Signal changed;  // stopped, or work has ended

    static Task<void> settle_account(std::shared_ptr<State> state, const PspAccount& account);
    static Task<void> keep_house(std::shared_ptr<State> state);
    Task<std::size_t> pass(const PspAccount& account, std::shared_ptr<std::size_t> at_work);
};

namespace {

// Ends the count of its work also when the coroutine is destroyed with its loop.
class Counted {
public:
    Counted(std::shared_ptr<std::size_t> count, std::size_t by) : count_(std::move(count)), by_(by) { *count_ += by_; }
    ~Counted() {
        if (count_) *count_ -= by_;
    }
    Counted(Counted&&) noexcept = default;
    Counted& operator=(Counted&&) = delete;

private:
    std::shared_ptr<std::size_t> count_;
    std::size_t by_;
};

Task<void> ask(const Services& services, OpenWork work, store::Taken taken, StepKind step, Counted counted) {
    try {
        co_await settle_by_asking(services, work, std::move(taken), step);
    } catch (const std::exception& error) {
        log_failure(to_string(step), error.what());  // its lease ends and it is taken again
    }
}

Task<void> look_up(const Services& services, OpenWork work, std::vector<store::Taken> group, Counted counted) {
    try {
        co_await settle_by_look_up(services, work, std::move(group));
    } catch (const std::exception& error) {
        log_failure("look_up", error.what());
    }
}

}  // namespace

// Takes what is due while there is room, and starts the work on it. Says how many were taken.
Task<std::size_t> Resolver::State::pass(const PspAccount& account, std::shared_ptr<std::size_t> at_work) {
    const auto& rules = account.psp->rules();
    const auto room = kAtOnce - std::min(kAtOnce, *at_work);
    if (room == 0) co_return 0;
    const OpenWork work{.account = account, .call = Deadline::after(services.options.psp_deadline)};  // rule 12
    auto all = co_await services.store.take_due(account.account.psp, account.account.name, ages_of(rules),
                                                durations_of(services.options), static_cast<int>(room),
                                                Deadline::after(kTakeWithin));
    const auto count = all.size();
    if (count > 0) FLORIN_FAIL_POINT("resolver_after_take");
    std::vector<store::Taken> look_ups;
    for (auto& taken : all) {
        const auto step = next_step(taken, rules, services.options.abandon_after);
        if (step.kind == StepKind::look_up) {
            look_ups.push_back(std::move(taken));
            continue;
        }
        boost::asio::co_spawn(services.executor, ask(services, work, std::move(taken), step.kind, Counted(at_work, 1)),
                              boost::asio::detached);
    }
    for (auto& group : look_up_groups(std::move(look_ups))) {
        const auto size = group.size();
        boost::asio::co_spawn(services.executor, look_up(services, work, std::move(group), Counted(at_work, size)),
                              boost::asio::detached);
    }
    co_return count;
}

Task<void> Resolver::State::settle_account(std::shared_ptr<State> state, const PspAccount& account) {
    const auto at_work = std::make_shared<std::size_t>(0);
    while (!state->is_stopping) {
        std::size_t taken = 0;
        try {
            taken = co_await state->pass(account, at_work);
        } catch (const std::exception& error) {
            log_failure("take_due", error.what());
        }
        // A full taking means that more is due: the next one follows as soon as there is room.
        const auto pause_for = taken == kAtOnce ? kTick / 20 : kTick;
        if (!state->is_stopping) co_await state->changed.wait(Deadline::after(pause_for));
    }
    while (*at_work > 0) co_await pause(state->services.executor, kTick / 20);
    --state->loops;
    state->changed.notify();
}

Task<void> Resolver::State::keep_house(std::shared_ptr<State> state) {
    Housekeeping house(state->services);
    while (!state->is_stopping) {
        co_await house.pass();
        if (!state->is_stopping) co_await state->changed.wait(Deadline::after(kTick));
    }
    --state->loops;
    state->changed.notify();
}

Resolver::Resolver(Services& services) : state_(std::make_shared<State>(services)) {}

Resolver::~Resolver() = default;

Task<void> Resolver::run() {
    const auto state = state_;
    for (const auto& [live, account] : state->services.psps.by_mode) {
        ++state->loops;
        boost::asio::co_spawn(state->services.executor, State::settle_account(state, account), boost::asio::detached);
    }
    ++state->loops;
    boost::asio::co_spawn(state->services.executor, State::keep_house(state), boost::asio::detached);
    while (state->loops > 0) co_await state->changed.wait(Deadline::after(kTick));
}

void Resolver::stop() {
    state_->is_stopping = true;
    state_->changed.notify();
}

}  // namespace florin::flow
