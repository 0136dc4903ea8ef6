// One PostgreSQL connection on the process's loop (libpq, asynchronous), with binary parameters and results.
// Knows nothing of payments. A connection is used by one coroutine at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "postgres/params.hpp"
#include "postgres/rows.hpp"

namespace florin::postgres {

// The server answered with an error: its SQLSTATE decides what is done about it. The message never holds values.
class SqlError : public std::runtime_error {
public:
    SqlError(std::string sqlstate, const std::string& message)
        : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {}
    const std::string& sqlstate() const { return sqlstate_; }
    bool is_data_error() const;  // classes 22 and 23, P0001: this item's fault, bisect
    bool is_retryable() const;   // 40001, 40P01: the whole transaction may be tried again
    // This server or session is of no use now, though the statement may be fine: connection trouble, resources,
    // operator intervention, a failing disk, a server that became read-only (25006).
    bool is_server_trouble() const;

private:
    std::string sqlstate_;
};

// The connection is gone or did not answer in time; what was in flight may or may not have been committed.
class ConnectionLost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Connection {
public:
    // Throws ConnectionLost with the server's reason. The conninfo is a libpq connection string or URI. The session
    // pins synchronous_commit on (and checks it) and turns off every timeout of the server; deadlines are this side's.
    static Task<std::unique_ptr<Connection>> open(boost::asio::any_io_executor executor, std::string conninfo,
                                                  Deadline deadline);
    ~Connection();

    // Plain SQL, several statements allowed, no parameters: migrations and SET.
    Task<void> run(std::string sql, Deadline deadline);
    Task<void> prepare(std::string name, std::string sql, Deadline deadline);
    // One round trip; the transaction is the statement's own. Throws SqlError or ConnectionLost. On a passed deadline
    // the connection is closed without a cancel request (a cancelled COMMIT could be acknowledged and lost) and
    // ConnectionLost is thrown. A warning that synchronous replication was cancelled (SQLSTATE 01000, "canceling wait
    // for synchronous replication") counts as ConnectionLost: not acknowledged.
    Task<Rows> execute(std::string name, Params params, Deadline deadline);  // prepared
    Task<Rows> query(std::string sql, Params params, Deadline deadline);     // unprepared

    bool is_usable() const;  // false after ConnectionLost
    int backend_pid() const;

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace florin::postgres
