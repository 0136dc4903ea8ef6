#include "http/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>

namespace florin::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
// How late a deadline may be noticed while bytes are awaited. Before sending it is asked for exactly.
constexpr Milliseconds kSweepInUse{20};
constexpr Milliseconds kSweepIdle{1'000};
}  // namespace

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Origin origin, ClientOptions options)
    : executor_(std::move(executor)),
      origin_(std::move(origin)),
      options_(std::move(options)),
      names_(std::make_shared<NameLookup>(executor_, origin_)),
      sweep_timer_(executor_) {
    if (origin_.tls) tls_ = make_client_tls(options_.ca_file);
}

Task<ConnectionPool::Held> ConnectionPool::take(Deadline deadline) {
    Held connection;
    // Who comes now stands behind those who wait already.
    if (waiters_.empty()) connection = take_idle();
    if (!connection && waiters_.empty() && in_use_.size() < options_.connections) connection = make_connection();
    if (connection)
        in_use_.push_back(connection);
    else
        connection = co_await wait_in_line(deadline);
    watch();
    co_return connection;
}

ConnectionPool::Held ConnectionPool::take_idle() {
    while (!idle_.empty()) {
        Held connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->is_usable(options_.idle_timeout)) return connection;
    }
    return nullptr;
}

ConnectionPool::Held ConnectionPool::make_connection() {
    return std::make_shared<ClientConnection>(executor_, tls_ ? &*tls_ : nullptr);
}

Task<ConnectionPool::Held> ConnectionPool::wait_in_line(Deadline deadline) {
    Waiter waiter{Timer(executor_, deadline.remaining())};
    waiters_.push_back(&waiter);
    error_code ignored;
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::erase(waiters_, &waiter);
    co_return std::move(waiter.granted);
}

void ConnectionPool::give_back(Held connection) {
    std::erase(in_use_, connection);
    const bool keep = connection->may_be_kept() && !closed_;
    if (!waiters_.empty()) {
        Waiter* next = waiters_.front();
        waiters_.pop_front();
        next->granted = keep ? std::move(connection) : make_connection();
        in_use_.push_back(next->granted);
        next->timer.cancel();
    } else if (keep) {
        idle_.push_back(std::move(connection));
    }
}

void ConnectionPool::close() {
    closed_ = true;
    idle_.clear();
    sweep_timer_.cancel();
}

void ConnectionPool::drop_idle_too_long() {
    const auto now = std::chrono::steady_clock::now();
    if (now - idle_looked_at_ < kSweepIdle) return;
    idle_looked_at_ = now;
    std::erase_if(idle_, [this](const Held& connection) { return !connection->is_usable(options_.idle_timeout); });
}

void ConnectionPool::watch() {
    if (sweeping_) return;
    sweeping_ = true;
    spawn(executor_, sweep(shared_from_this()));
}

Task<void> ConnectionPool::sweep(std::shared_ptr<ConnectionPool> self) {
    while (!self->in_use_.empty() || !self->idle_.empty()) {
        self->sweep_timer_.expires_after(self->in_use_.empty() ? kSweepIdle : kSweepInUse);
        error_code ignored;
        co_await self->sweep_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        for (const Held& connection : self->in_use_) connection->end_if_late();
        self->drop_idle_too_long();
    }
    self->sweeping_ = false;
}

}  // namespace florin::http
