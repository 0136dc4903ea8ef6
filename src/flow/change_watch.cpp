#include "flow/change_watch.hpp"

#include <algorithm>
#include <exception>
#include <list>

#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kLookEvery{200};
constexpr Milliseconds kReadWithin{5'000};
constexpr std::size_t kMostWaiting = 2'000;
constexpr std::ptrdiff_t kMostOfOneMerchant = 200;

struct Waiter {
    Waiter(const boost::asio::any_io_executor& executor, Known what, std::function<bool()> gone)
        : known(what), is_gone(std::move(gone)), ended(executor) {}
    Known known;
    std::function<bool()> is_gone;
    bool is_done = false;
    bool has_moved = false;
    Signal ended;
    void end() {
        is_done = true;
        ended.notify();
    }
    void move() {
        has_moved = true;
        end();
    }
};
using Waiters = std::vector<std::shared_ptr<Waiter>>;

MerchantId merchant_of(const Known& known) {
    return std::visit([](const auto& one) { return one.merchant; }, known);
}

Refusal too_many(Error error, std::string_view whose) {
    return {.error = error,
            .detail = std::string(whose) + " wait for changes. Read without wait, or repeat it later.",
            .retry_after_s = 1};
}

}  // namespace

struct ChangeWatch::State {
    explicit State(const Services& services)
        : executor(services.executor), store(services.store), metrics(services.metrics) {}
    boost::asio::any_io_executor executor;
    store::Store& store;
    observe::Metrics& metrics;
    std::list<std::shared_ptr<Waiter>> waiting;
    bool is_looking = false;
    bool is_stopping = false;

    std::optional<Refusal> fault_of_one_more(MerchantId merchant) const;
    static Task<void> look_while_wanted(std::shared_ptr<State> state);
    template <class Kind>
    Waiters waiters_for() const {
        Waiters waiters;
        for (const auto& waiter : waiting) {
            if (std::holds_alternative<Kind>(waiter->known)) waiters.push_back(waiter);
        }
        return waiters;
    }
    Task<void> look_at_payments(Waiters waiters);
    Task<void> look_at_events(Waiters waiters);
};

std::optional<Refusal> ChangeWatch::State::fault_of_one_more(MerchantId merchant) const {
    if (waiting.size() >= kMostWaiting) return too_many(Error::overloaded, "Too many requests");
    const auto of_it =
        std::ranges::count(waiting, merchant, [](const auto& waiter) { return merchant_of(waiter->known); });
    if (of_it < kMostOfOneMerchant) return std::nullopt;
    metrics.rate_limited("merchant");
    return too_many(Error::rate_limited, "Too many requests of this merchant");
}

Task<void> ChangeWatch::State::look_while_wanted(std::shared_ptr<State> state) {
    while (!state->waiting.empty() && !state->is_stopping) {
        co_await pause(state->executor, kLookEvery);
        for (const auto& waiter : state->waiting) {
            if (waiter->is_gone && waiter->is_gone()) waiter->end();
        }
        try {
            co_await state->look_at_payments(state->waiters_for<KnownPayment>());
            co_await state->look_at_events(state->waiters_for<store::AwaitedEvents>());
        } catch (const std::exception& error) {
            observe::log(observe::Level::warning, "changes.not_read", {{"why", error.what()}});
        }
    }
    state->is_looking = false;
}

Task<void> ChangeWatch::State::look_at_payments(Waiters waiters) {
    std::vector<PaymentId> ids;
    for (const auto& waiter : waiters) ids.push_back(std::get<KnownPayment>(waiter->known).id);
    if (ids.empty()) co_return;
    const auto versions = co_await store.find_versions(std::move(ids), Deadline::after(kReadWithin));
    for (const auto& waiter : waiters) {
        const auto& known = std::get<KnownPayment>(waiter->known);
        const auto found = versions.find(known.id);
        if (found != versions.end() && found->second != known.version) waiter->move();
    }
}

Task<void> ChangeWatch::State::look_at_events(Waiters waiters) {
    std::vector<store::AwaitedEvents> awaited;
    for (const auto& waiter : waiters) awaited.push_back(std::get<store::AwaitedEvents>(waiter->known));
    if (awaited.empty()) co_return;
    const auto there = co_await store.events().are_there_later(std::move(awaited), Deadline::after(kReadWithin));
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        if (there[i]) waiters[i]->move();
    }
}

bool has_open(const payments::Payment& payment) {
    return payment.status == payments::Status::pending || payment.status == payments::Status::requires_action ||
           payment.amounts.has_open();
}

ChangeWatch::ChangeWatch(const Services& services) : state_(std::make_shared<State>(services)) {}

Task<Checked<bool>> ChangeWatch::wait(Known known, Deadline deadline, std::function<bool()> is_gone) {
    const auto state = state_;
    if (state->is_stopping) co_return false;
    if (auto fault = state->fault_of_one_more(merchant_of(known))) co_return std::unexpected(std::move(*fault));
    const auto mine = std::make_shared<Waiter>(state->executor, known, std::move(is_gone));
    // Leaves also when the waiting coroutine is destroyed with its loop.
    struct Place {
        std::list<std::shared_ptr<Waiter>>& list;
        std::list<std::shared_ptr<Waiter>>::iterator at;
        ~Place() { list.erase(at); }
    };
    const Place place{state->waiting, state->waiting.insert(state->waiting.end(), mine)};
    if (!std::exchange(state->is_looking, true)) {
        spawn(state->executor, State::look_while_wanted(state));
    }
    while (!mine->is_done && !deadline.passed()) co_await mine->ended.wait(deadline);
    co_return mine->has_moved;
}

void ChangeWatch::stop() {
    state_->is_stopping = true;
    for (const auto& waiter : state_->waiting) waiter->end();
}

}  // namespace florin::flow
