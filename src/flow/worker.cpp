#include "flow/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "flow/compensations.hpp"
#include "flow/expiry.hpp"
#include "flow/housekeeping.hpp"
#include "flow/late_failures.hpp"
#include "flow/psp_events.hpp"
#include "flow/late_watch.hpp"
#include "flow/policies.hpp"
#include "flow/resolver.hpp"
#include "flow/signal.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};

}  // namespace

struct Worker::State {
    explicit State(const Services& all) : services(all), changed(all.executor) {}
    const Services& services;
    bool is_stopping = false;
    std::size_t loops = 0;
    Signal changed;  // stopped, or a loop has ended

    template <class Work>
    static void start(std::shared_ptr<State> state, Work work) {
        ++state->loops;
        boost::asio::co_spawn(state->services.executor, loop(state, std::move(work)), boost::asio::detached);
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

Worker::Worker(const Services& services) : state_(std::make_shared<State>(services)) {}

Worker::~Worker() = default;

Task<void> Worker::run() {
    const auto state = state_;
    for (const auto& account : state->services.psps.all) {
        State::start(state, Resolver(state->services, account));
        State::start(state, Expiry(state->services, account));
        State::start(state, Policies(state->services, account));
        State::start(state, LateFailures(state->services, account));
        State::start(state, PspEvents(state->services, account));
        State::start(state, Compensations(state->services, account));
        State::start(state, LateWatch(state->services, account));
    }
    State::start(state, Housekeeping(state->services));
    while (state->loops > 0) co_await state->changed.wait(Deadline::after(kTick));
}

void Worker::stop() {
    state_->is_stopping = true;
    state_->changed.notify();
}

}  // namespace florin::flow
