#include "store/committer.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "base/assert.hpp"
#include "store/store.hpp"

namespace florin::store {
namespace asio = boost::asio;
namespace {

// A pair of statements costs 640 µs whatever its size: below this many waiting items another writer does not pay.
constexpr std::size_t kWorthAWriter = 32;
constexpr std::chrono::microseconds kLinger{300};
constexpr Milliseconds kSweep{100};

std::string_view name_of(Kind kind) {
    static constexpr std::array<std::string_view, kKinds> kNames{
        "settle", "adopt", "compensate", "keep_open", "next_attempt", "record", "reserve", "intent", "keep_event"};
    return kNames[static_cast<std::size_t>(kind)];
}

// An exception that leaves a loop is our bug: better down than a gateway that commits nothing.
void end_of_loop(std::exception_ptr error) {
    FLORIN_ASSERT(!error);
}

}  // namespace

Committer::Committer(asio::any_io_executor executor, CommitterOptions options)
    : executor_(std::move(executor)), options_(std::move(options)), queue_(options_.queue) {}

Task<void> Committer::start(Deadline deadline) {
    auto desk = std::make_shared<Desk>();
    desk->writer = std::make_unique<Writer>(executor_, options_.conninfo);
    co_await desk->writer->connect(deadline);
    desks_.push_back(desk);
    asio::co_spawn(executor_, work(shared_from_this(), desk), end_of_loop);
}

void Committer::submit(Kind kind, ItemPtr item) {
    if (queue_.is_full() || stopped_) throw QueueFull();
    queue_.push(kind, std::move(item));
    if (!sweeping_) {
        sweeping_ = true;
        asio::co_spawn(executor_, sweep(shared_from_this()), end_of_loop);
    }
    kick();
}

void Committer::kick() {
    if (kicked_) return;
    kicked_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->kicked_ = false;
        self->dispatch(false);
    });
}

bool Committer::is_wanted(const Desk& desk) const {
    return &desk == desks_.front().get() ? queue_.waiting() > 0 : queue_.waiting() >= kWorthAWriter;
}

void Committer::dispatch(bool everybody) {
    if (stopped_ || queue_.waiting() == 0 || desks_.empty()) return;
    for (const auto& desk : desks_) {
        if (!desk->wake || !(everybody || is_wanted(*desk))) continue;
        std::exchange(desk->wake, nullptr)();
        return;
    }
    const bool all_busy = std::ranges::none_of(desks_, [](const auto& desk) { return static_cast<bool>(desk->wake); });
    if (all_busy && desks_.size() < options_.writers && (everybody || queue_.waiting() >= kWorthAWriter)) hire();
}

void Committer::hire() {
    auto desk = std::make_shared<Desk>();
    desk->writer = std::make_unique<Writer>(executor_, options_.conninfo);
    desks_.push_back(desk);
    asio::co_spawn(executor_, work(shared_from_this(), desk), end_of_loop);
}

Task<void> Committer::work(std::shared_ptr<Committer> self, std::shared_ptr<Desk> desk) {
    std::size_t last = 0;
    bool woken = true;
    while (!self->stopped_) {
        if (self->queue_.waiting() == 0 || !(woken || self->is_wanted(*desk))) {
            co_await self->idle(*desk);
            woken = true;
            continue;
        }
        woken = false;
        co_await self->linger(last);
        Batch batch = self->queue_.take(self->options_.batch);
        last = batch.items.size();
        if (last > 0) co_await self->write(*desk, std::move(batch));
    }
}

Task<void> Committer::idle(Desk& desk) {
    auto park = [&desk](auto handler) {
        desk.wake = [handler = std::move(handler)]() mutable {
            auto executor = asio::get_associated_executor(handler);
            asio::dispatch(executor, std::move(handler));
        };
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(park, asio::use_awaitable);
}

// Only while batches are larger than one: it halves the database's work for a third of a millisecond.
Task<void> Committer::linger(std::size_t last) {
    if (last <= 1 || queue_.waiting() >= kWorthAWriter) co_return;
    Timer timer(executor_, kLinger);
    co_await timer.async_wait(asio::use_awaitable);
}

Task<void> Committer::write(Desk& desk, Batch batch) {
    const auto began = std::chrono::steady_clock::now();
    const auto kind = batch.kind;
    const auto items = batch.items.size();
    co_await desk.writer->write(std::move(batch));
    if (!options_.metrics) co_return;
    options_.metrics->batch(name_of(kind), items, std::chrono::steady_clock::now() - began);
    options_.metrics->queue_depth(queue_.waiting());
}

// Runs only while something waits: gives up what is past its deadline, and lets a second writer work for what has
// waited long behind a stuck one.
Task<void> Committer::sweep(std::shared_ptr<Committer> self) {
    Timer timer(self->executor_);
    while (!self->stopped_ && !self->is_at_rest()) {
        timer.expires_after(kSweep);
        co_await timer.async_wait(asio::use_awaitable);
        self->expire();
        self->dispatch(true);
    }
    self->sweeping_ = false;
}

void Committer::expire() {
    for (const ItemPtr& item : queue_.take_expired()) item->fail_if_expired();
    for (const auto& desk : desks_) {
        for (const ItemPtr& item : desk->writer->in_flight()) item->fail_if_expired();
    }
}

bool Committer::is_at_rest() const {
    return queue_.waiting() == 0 &&
           std::ranges::all_of(desks_, [](const auto& desk) { return desk->writer->in_flight().empty(); });
}

Task<void> Committer::drain(Deadline deadline) {
    Timer timer(executor_);
    while (!is_at_rest() && !deadline.passed()) {
        timer.expires_after(Milliseconds(5));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

// A batch in flight counts: when the database stands still, all that waits may have left with it.
std::chrono::nanoseconds Committer::oldest_wait() const {
    const auto now = std::chrono::steady_clock::now();
    auto oldest = queue_.waits_since().value_or(now);
    for (const auto& desk : desks_) {
        for (const ItemPtr& item : desk->writer->in_flight()) {
            if (!item->left_behind) oldest = std::min(oldest, item->made);
        }
    }
    return now - oldest;
}

void Committer::stop() {
    stopped_ = true;
    // Destroying what waits destroys coroutines that may own this committer.
    const auto self = shared_from_this();
    const auto waiting = queue_.take_all();
    for (const auto& desk : desks_) desk->wake = nullptr;
}

}  // namespace florin::store
