#include "http/public_connections.hpp"

#include <boost/asio/redirect_error.hpp>

namespace florin::http {
namespace asio = boost::asio;

namespace {
// As in connection_pool.cpp: how late a deadline may be noticed while bytes are awaited.
constexpr Milliseconds kSweepInUse{20};
constexpr Milliseconds kSweepIdle{1'000};
}  // namespace

PublicConnections::PublicConnections(asio::any_io_executor executor, const PublicClientOptions& options)
    : executor_(std::move(executor)),
      idle_timeout_(options.idle_timeout),
      longest_use_(options.longest_use),
      most_idle_(options.idle_connections),
      tls_(make_client_tls(options.ca_file)),
      sweep_timer_(executor_) {}

PublicConnections::Held PublicConnections::take(const std::string& key, bool tls) {
    Held held{nullptr, Moment::clock::now()};
    held.connection = take_idle(key, held.opened_at);
    if (!held.connection) held.connection = std::make_shared<ClientConnection>(executor_, tls ? &tls_ : nullptr);
    in_use_.insert(held.connection);
    watch();
    return held;
}

std::shared_ptr<ClientConnection> PublicConnections::take_idle(const std::string& key, Moment& opened_at) {
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    auto& kept = found->second;
    std::shared_ptr<ClientConnection> usable;
    while (!usable && !kept.empty()) {
        const Held held = std::move(kept.back());
        kept.pop_back();
        --idle_count_;
        if (!may_be_used_again(held)) continue;
        usable = held.connection;
        opened_at = held.opened_at;
    }
    if (kept.empty()) idle_.erase(found);
    return usable;
}

bool PublicConnections::may_be_used_again(const Held& held) const {
    return Moment::clock::now() - held.opened_at < longest_use_ && held.connection->is_usable(idle_timeout_);
}

void PublicConnections::give_back(const std::string& key, Held held) {
    in_use_.erase(held.connection);
    if (closed_ || idle_count_ >= most_idle_ || !may_be_used_again(held)) return;
    idle_[key].push_back(std::move(held));
    ++idle_count_;
}

void PublicConnections::close() {
    closed_ = true;
    idle_.clear();
    idle_count_ = 0;
    sweep_timer_.cancel();
}

void PublicConnections::drop_idle_too_long() {
    const auto now = Moment::clock::now();
    if (now - idle_looked_at_ < kSweepIdle) return;
    idle_looked_at_ = now;
    for (auto& [key, kept] : idle_)
        idle_count_ -= std::erase_if(kept, [this](const Held& held) { return !may_be_used_again(held); });
    std::erase_if(idle_, [](const auto& item) { return item.second.empty(); });
}

void PublicConnections::watch() {
    if (sweeping_) return;
    sweeping_ = true;
    spawn(executor_, sweep(shared_from_this()));
}

Task<void> PublicConnections::sweep(std::shared_ptr<PublicConnections> self) {
    while (!self->in_use_.empty() || self->idle_count_ > 0) {
        self->sweep_timer_.expires_after(self->in_use_.empty() ? kSweepIdle : kSweepInUse);
        boost::system::error_code ignored;
        co_await self->sweep_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        for (const auto& connection : self->in_use_) connection->end_if_late();
        self->drop_idle_too_long();
    }
    self->sweeping_ = false;
}

}  // namespace florin::http
