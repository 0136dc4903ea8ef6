#include "flow/worker.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

#include "events/relay.hpp"
#include "flow/compensations.hpp"
#include "flow/expiry.hpp"
#include "flow/housekeeping.hpp"
#include "flow/late_failures.hpp"
#include "flow/late_watch.hpp"
#include "flow/policies.hpp"
#include "flow/psp_events.hpp"
#include "flow/resolver.hpp"
#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kWithin{10'000};
const auto kDuties = std::to_array<const Duty*>({&kExpiry, &kPolicies, &kLateFailures, &kCompensations, &kLateWatch});

}  // namespace

struct Worker::State {
    State(const Services& all, std::vector<Companion> others)
        : services(all), companions(std::move(others)), changed(all.executor) {}
    const Services& services;
    const std::vector<Companion> companions;
    bool is_stopping = false;
    std::size_t loops = 0;
    Signal changed;  // stopped, or a loop has ended
    static Task<void> check_queues(std::shared_ptr<State> state);

    std::set<std::string_view> queues;  // that a loop works

    template <class Work>
    static void start(std::shared_ptr<State> state, std::string_view queue, Work work) {
        ++state->loops;
        state->queues.insert(queue);
        spawn(state->services.executor, loop(state, std::move(work)));
    }
    static void start(std::shared_ptr<State> state, const Companion& companion) {
        ++state->loops;
        state->queues.insert(companion.queue);
        boost::asio::co_spawn(state->services.executor, companion.run(), [state](std::exception_ptr failure) {
            --state->loops;
            state->changed.notify();
            if (failure) std::rethrow_exception(failure);  // a bug: the process must not live on without this loop
        });
    }
    template <class Work>
    static Task<void> loop(std::shared_ptr<State> state, Work work) {
        while (!state->is_stopping) {
            const auto pause_for = co_await work.pass();
            if (!state->is_stopping) co_await state->changed.wait(Deadline::after(pause_for));
        }
        co_await work.finish();
        --state->loops;
        state->changed.notify();
    }
};

// K-22: a table that work waits in and that nobody looks at fills up unseen. That is a bug of this release, and a
// worker that settles only some of its work must not live.
Task<void> Worker::State::check_queues(std::shared_ptr<State> state) {
    while (!state->is_stopping) {
        std::optional<std::vector<std::string>> queues;
        try {
            queues = co_await state->services.store.queues(Deadline::after(kWithin));
        } catch (const std::exception& error) {
            observe::log(observe::Level::error, "worker.failed", {{"what", "queues"}, {"why", error.what()}});
        }
        if (!queues) {
            co_await state->changed.wait(Deadline::after(kTick));
            continue;
        }
        for (const auto& queue : *queues) {
            if (!state->queues.contains(queue))
                throw std::logic_error("no loop of the worker works the queue " + queue);
        }
        co_return;
    }
}

Worker::Worker(const Services& services, std::vector<Companion> companions)
    : state_(std::make_shared<State>(services, std::move(companions))) {}

Worker::~Worker() = default;

Task<void> Worker::run() {
    const auto state = state_;
    for (const auto& account : state->services.psps.all) {
        State::start(state, "open_operations", Resolver(state->services, account));
        State::start(state, "open_psp_events", PspEvents(state->services, account));
        for (const auto* duty : kDuties) {
            State::start(state, duty->queue, DutyLoop(state->services, account, *duty));
        }
    }
    const auto& services = state->services;
    State::start(state, "relay_cursors", events::Relay(services.store.events(), services.clock, services.metrics));
    State::start(state, "", Housekeeping(state->services));
    for (const auto& companion : state->companions) State::start(state, companion);
    if (!state->services.psps.all.empty()) co_await State::check_queues(state);
    while (state->loops > 0) co_await state->changed.wait(Deadline::after(kTick));
}

void Worker::stop() {
    state_->is_stopping = true;
    for (const auto& companion : state_->companions) companion.stop();
    state_->changed.notify();
}

}  // namespace florin::flow
