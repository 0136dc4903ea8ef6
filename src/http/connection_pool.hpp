// The connections to one origin: at most so many, the one used last is used next (so that the others may grow idle and
// go), and callers beyond the limit wait in order. One timer watches the deadlines of all of them.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/timer.hpp"
#include "http/client.hpp"
#include "http/client_connection.hpp"
#include "http/name_lookup.hpp"
#include "http/tls.hpp"

namespace florin::http {

class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
public:
    using Held = std::shared_ptr<ClientConnection>;

    ConnectionPool(boost::asio::any_io_executor executor, Origin origin, ClientOptions options);

    // A connection for one exchange, open or still to be opened; null when none became free before the deadline.
    // Every connection taken must be given back.
    Task<Held> take(Deadline deadline);
    void give_back(Held connection);
    // Closes what is idle; what is in use ends when it is given back.
    void close();

    const Origin& origin() const { return origin_; }
    const ClientOptions& options() const { return options_; }
    NameLookup& names() { return *names_; }

private:
    struct Waiter {
        Timer timer;
        Held granted{};
    };

    Held make_connection();
    Held take_idle();
    Task<Held> wait_in_line(Deadline deadline);
    void drop_idle_too_long();
    void watch();
    static Task<void> sweep(std::shared_ptr<ConnectionPool> self);

    boost::asio::any_io_executor executor_;
    Origin origin_;
    ClientOptions options_;
    std::optional<boost::asio::ssl::context> tls_;
    std::shared_ptr<NameLookup> names_;
    std::vector<Held> idle_;  // the back was used last
    std::vector<Held> in_use_;
    std::deque<Waiter*> waiters_;
    Timer sweep_timer_;
    std::chrono::steady_clock::time_point idle_looked_at_{};
    bool sweeping_ = false;
    bool closed_ = false;
};

// Gives a connection back on every way out of a scope.
class HeldConnection {
public:
    HeldConnection(std::shared_ptr<ConnectionPool> pool, ConnectionPool::Held connection)
        : pool_(std::move(pool)), connection_(std::move(connection)) {}
    ~HeldConnection() { pool_->give_back(std::move(connection_)); }
    HeldConnection(const HeldConnection&) = delete;
    HeldConnection& operator=(const HeldConnection&) = delete;
    ClientConnection* operator->() const { return connection_.get(); }

private:
    std::shared_ptr<ConnectionPool> pool_;
    ConnectionPool::Held connection_;
};

}  // namespace florin::http
