#include "flow/payment_watch.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
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
    Waiter(const boost::asio::any_io_executor& executor, KnownPayment payment, std::function<bool()> gone)
        : known(payment), is_gone(std::move(gone)), ended(executor) {}
    KnownPayment known;
    std::function<bool()> is_gone;
    bool is_done = false;
    bool has_moved = false;
    Signal ended;
    void end() {
        is_done = true;
        ended.notify();
    }
};

Refusal too_many(Error error, std::string_view whose) {
    return {.error = error,
            .detail = std::string(whose) + " wait for changes. Read the payment without wait, or repeat it later.",
            .retry_after_s = 1};
}

}  // namespace

struct PaymentWatch::State {
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
    Task<void> look();
};

std::optional<Refusal> PaymentWatch::State::fault_of_one_more(MerchantId merchant) const {
    if (waiting.size() >= kMostWaiting) return too_many(Error::overloaded, "Too many requests");
    const auto of_it = std::ranges::count(waiting, merchant, [](const auto& waiter) { return waiter->known.merchant; });
    if (of_it < kMostOfOneMerchant) return std::nullopt;
    metrics.rate_limited("merchant");
    return too_many(Error::rate_limited, "Too many requests of this merchant");
}

Task<void> PaymentWatch::State::look_while_wanted(std::shared_ptr<State> state) {
    while (!state->waiting.empty() && !state->is_stopping) {
        co_await pause(state->executor, kLookEvery);
        for (const auto& waiter : state->waiting) {
            if (waiter->is_gone && waiter->is_gone()) waiter->end();
        }
        try {
            co_await state->look();
        } catch (const std::exception& error) {
            observe::log(observe::Level::warning, "payment.changes_not_read", {{"why", error.what()}});
        }
    }
    state->is_looking = false;
}

Task<void> PaymentWatch::State::look() {
    std::vector<PaymentId> ids;
    for (const auto& waiter : waiting) ids.push_back(waiter->known.id);
    if (ids.empty()) co_return;
    const auto versions = co_await store.find_versions(std::move(ids), Deadline::after(kReadWithin));
    for (const auto& waiter : waiting) {
        const auto found = versions.find(waiter->known.id);
        if (found == versions.end() || found->second == waiter->known.version) continue;
        waiter->has_moved = true;
        waiter->end();
    }
}

bool has_open(const payments::Payment& payment) {
    return payment.status == payments::Status::pending || payment.status == payments::Status::requires_action ||
           payment.amounts.has_open();
}

PaymentWatch::PaymentWatch(const Services& services) : state_(std::make_shared<State>(services)) {}

Task<Checked<bool>> PaymentWatch::wait(KnownPayment known, Deadline deadline, std::function<bool()> is_gone) {
    const auto state = state_;
    if (state->is_stopping) co_return false;
    if (auto fault = state->fault_of_one_more(known.merchant)) co_return std::unexpected(std::move(*fault));
    const auto mine = std::make_shared<Waiter>(state->executor, known, std::move(is_gone));
    // Leaves also when the waiting coroutine is destroyed with its loop.
    struct Place {
        std::list<std::shared_ptr<Waiter>>& list;
        std::list<std::shared_ptr<Waiter>>::iterator at;
        ~Place() { list.erase(at); }
    };
    const Place place{state->waiting, state->waiting.insert(state->waiting.end(), mine)};
    if (!std::exchange(state->is_looking, true)) {
        boost::asio::co_spawn(state->executor, State::look_while_wanted(state), boost::asio::detached);
    }
    while (!mine->is_done && !deadline.passed()) co_await mine->ended.wait(deadline);
    co_return mine->has_moved;
}

void PaymentWatch::stop() {
    state_->is_stopping = true;
    for (const auto& waiter : state_->waiting) waiter->end();
}

}  // namespace florin::flow
