// One libpq session on the loop: connecting, sending, waiting, and what ends it. Connection gives it its meaning.
#pragma once

#include <libpq-fe.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/timer.hpp"

namespace florin::postgres {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

// Held by a shared_ptr: the handler of a timer may outlive the connection. One exchange at a time.
class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(boost::asio::any_io_executor executor);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Task<void> connect(std::string conninfo, Deadline deadline);

    // From the start of a send to its last result. An exchange that is left half-way (a passed deadline, an exception,
    // a destroyed coroutine) closes the session: what the next reader would get belongs to another statement.
    class Exchange {
    public:
        Exchange(Session& session, Deadline deadline);
        ~Exchange();
        Exchange(const Exchange&) = delete;
        Exchange& operator=(const Exchange&) = delete;

        // After PQsend…(): flushes, reads all results, returns the last. `sent` is what PQsend… returned; `sql` is
        // shown in errors by line number only; `name` is a prepared statement's. Throws SqlError or ConnectionLost.
        Task<ResultPtr> finish(int sent, std::string_view sql, std::string_view name = {});

    private:
        friend class Session;
        Task<void> wait(boost::asio::posix::descriptor_base::wait_type what);
        Task<void> flush();
        Task<ResultPtr> next_result();
        [[noreturn]] void lose(const std::string& why);

        Session& session_;
        bool done_ = false;
    };

    PGconn* native() const { return connection_; }
    bool is_usable() const { return connection_ != nullptr && !lost_; }
    void close();  // without a cancel request

private:
    void arm(Deadline deadline);
    Task<void> poll_connection(Exchange& exchange);
    static void on_notice(void* session, const PGresult* notice);

    PGconn* connection_ = nullptr;
    boost::asio::posix::stream_descriptor socket_;
    Timer timer_;
    std::uint64_t exchange_ = 0;  // tells the handler of an older exchange's timer that it comes too late
    bool busy_ = false;
    bool timed_out_ = false;
    bool lost_ = false;
    bool unreplicated_ = false;
};

}  // namespace florin::postgres
