#include "postgres/pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/timer.hpp"

namespace florin::postgres {

struct Pool::State : std::enable_shared_from_this<Pool::State> {
    // The right to use one connection, with the connection when there is one. It goes to the next waiter or back to the
    // pool whatever way its holder ends.
    struct Slot {
        Slot(std::shared_ptr<State> p, std::unique_ptr<Connection> c) : pool(std::move(p)), connection(std::move(c)) {}
        ~Slot() { pool->give_back(std::move(connection)); }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;

        std::shared_ptr<State> pool;
        std::unique_ptr<Connection> connection;
    };

    // Stands in line for as long as it lives, or until a slot is granted.
    struct Waiter {
        explicit Waiter(State& p) : pool(p), timer(p.executor) { pool.waiters.push_back(this); }
        ~Waiter() { pool.waiters.remove(this); }
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;

        State& pool;
        Timer timer;  // runs until the deadline; cancelled by the grant
        std::unique_ptr<Slot> granted;
    };

    State(boost::asio::any_io_executor e, std::string url, std::size_t connections, OnOpen hook)
        : executor(std::move(e)), conninfo(std::move(url)), unopened(connections), on_open(std::move(hook)) {}

    Task<std::unique_ptr<Slot>> take(Deadline deadline) {
        if (waiters.empty() && (!idle.empty() || unopened > 0)) co_return next_slot();
        Waiter waiter(*this);
        waiter.timer.expires_after(deadline.remaining());
        co_await waiter.timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (!waiter.granted) throw ConnectionLost("no database connection became free in time");
        co_return std::move(waiter.granted);
    }

    std::unique_ptr<Slot> next_slot() {
        if (idle.empty()) {
            --unopened;
            return std::make_unique<Slot>(shared_from_this(), nullptr);
        }
        auto slot = std::make_unique<Slot>(shared_from_this(), std::move(idle.back()));
        idle.pop_back();
        return slot;
    }

    // Of a server that cannot do it now, be it that it became read-only behind our back, no connection is kept.
    Task<Rows> ask(Slot& slot, const std::string& name, const Params& params, Deadline deadline) {
        try {
            if (!slot.connection) slot.connection = co_await open(deadline);
            co_return co_await slot.connection->execute(name, params, deadline);
        } catch (const SqlError& error) {
            if (!error.is_server_trouble() && !error.is_retryable()) throw;
            slot.connection.reset();
            throw ConnectionLost(error.sqlstate() + ": " + error.what());
        }
    }

    void give_back(std::unique_ptr<Connection> connection) {
        if (connection && connection->is_usable()) {
            idle.push_back(std::move(connection));
        } else {
            ++unopened;
        }
        if (waiters.empty()) return;
        Waiter* first = waiters.front();
        waiters.pop_front();
        first->granted = next_slot();
        first->timer.cancel();
    }

    Task<std::unique_ptr<Connection>> open(Deadline deadline) {
        auto connection = co_await Connection::open(executor, conninfo, deadline);
        if (on_open) co_await on_open(*connection);
        co_return connection;
    }

    boost::asio::any_io_executor executor;
    std::string conninfo;
    std::size_t unopened;  // connections that may still be opened
    OnOpen on_open;
    std::vector<std::unique_ptr<Connection>> idle;
    std::list<Waiter*> waiters;  // first come, first served
};

Pool::Pool(boost::asio::any_io_executor executor, std::string conninfo, std::size_t connections, OnOpen on_open)
    : state_(std::make_shared<State>(std::move(executor), std::move(conninfo), connections, std::move(on_open))) {
    FLORIN_ASSERT(connections > 0);
}

Pool::~Pool() = default;

Task<Rows> Pool::execute(std::string name, Params params, Deadline deadline) {
    const auto state = state_;
    const auto slot = co_await state->take(deadline);
    if (slot->connection) {
        try {
            co_return co_await state->ask(*slot, name, params, deadline);
        } catch (const ConnectionLost&) {
            // The server was restarted, or something between us ended an idle connection: a read may be tried again.
            if (deadline.passed()) throw;
        }
        slot->connection.reset();
    }
    co_return co_await state->ask(*slot, name, params, deadline);
}

}  // namespace florin::postgres
