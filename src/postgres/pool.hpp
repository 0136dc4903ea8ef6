// A small bounded pool of connections for reads. A connection is held for one statement, never while anybody waits.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "postgres/connection.hpp"

namespace florin::postgres {

class Pool {
public:
    // `on_open` runs on each new connection: session settings and prepared statements.
    using OnOpen = std::function<Task<void>(Connection&)>;
    Pool(boost::asio::any_io_executor executor, std::string conninfo, std::size_t connections, OnOpen on_open);
    ~Pool();
    // Waits for a free connection up to the deadline (ConnectionLost when none came), runs the prepared statement,
    // gives the connection back. The statement is tried once more on a fresh connection when a pooled one proves dead,
    // or its server of no use (SqlError::is_server_trouble) or at odds with others (is_retryable); then:
    // ConnectionLost.
    Task<Rows> execute(std::string name, Params params, Deadline deadline);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::postgres
