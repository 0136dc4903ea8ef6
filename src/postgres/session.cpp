#include "postgres/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <utility>

#include "base/assert.hpp"
#include "base/fail_point.hpp"
#include "postgres/sql_error.hpp"

namespace florin::postgres {
namespace {

using boost::asio::posix::descriptor_base;

std::string one_line(std::string text) {
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

}  // namespace

Session::Session(boost::asio::any_io_executor executor) : socket_(executor), timer_(executor) {}

Session::~Session() {
    close();
}

void Session::close() {
    lost_ = true;
    if (socket_.is_open()) socket_.release();  // libpq owns the descriptor
    if (connection_) PQfinish(std::exchange(connection_, nullptr));
}

void Session::arm(Deadline deadline) {
    timed_out_ = false;
    timer_.expires_after(deadline.remaining());
    timer_.async_wait([weak = weak_from_this(), mine = ++exchange_](boost::system::error_code error) {
        auto self = weak.lock();
        if (error || !self || self->exchange_ != mine) return;
        self->timed_out_ = true;
        if (self->socket_.is_open()) self->socket_.cancel();
    });
}

void Session::on_notice(void* session, const PGresult* notice) {
    if (is_cancelled_replication_wait(notice)) static_cast<Session*>(session)->unreplicated_ = true;
}

Task<void> Session::connect(std::string conninfo, Deadline deadline) {
    Exchange exchange(*this, deadline);
    connection_ = PQconnectStart(conninfo.c_str());
    FLORIN_ASSERT(connection_ != nullptr);
    if (PQstatus(connection_) == CONNECTION_BAD) exchange.lose(PQerrorMessage(connection_));
    PQsetNoticeReceiver(connection_, &Session::on_notice, this);
    co_await poll_connection(exchange);
    if (PQsetnonblocking(connection_, 1) != 0) exchange.lose(PQerrorMessage(connection_));
    socket_.assign(PQsocket(connection_));
    exchange.done_ = true;
}

// libpq may open another socket at each step (next address, next host), so the descriptor is assigned for one wait
// only.
Task<void> Session::poll_connection(Exchange& exchange) {
    auto state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) exchange.lose(PQerrorMessage(connection_));
        socket_.assign(PQsocket(connection_));
        co_await exchange.wait(state == PGRES_POLLING_READING ? descriptor_base::wait_read
                                                              : descriptor_base::wait_write);
        socket_.release();
        state = PQconnectPoll(connection_);
    }
}

Session::Exchange::Exchange(Session& session, Deadline deadline) : session_(session) {
    FLORIN_ASSERT(!session.busy_);
    session.busy_ = true;
    session.arm(deadline);
}

Session::Exchange::~Exchange() {
    session_.timer_.cancel();
    ++session_.exchange_;
    session_.busy_ = false;
    if (!done_) session_.close();
}

void Session::Exchange::lose(const std::string& why) {
    throw ConnectionLost(one_line(session_.timed_out_ ? "the database did not answer in time" : why));
}

Task<void> Session::Exchange::wait(descriptor_base::wait_type what) {
    if (session_.timed_out_) lose({});
    auto [error] = co_await session_.socket_.async_wait(what, boost::asio::as_tuple(boost::asio::use_awaitable));
    if (error) lose("the wait for the database was abandoned");
}

// The server reads a whole message before it answers, so waiting for room to write alone cannot deadlock.
Task<void> Session::Exchange::flush() {
    for (;;) {
        const int left = PQflush(session_.connection_);
        if (left < 0) lose(PQerrorMessage(session_.connection_));
        if (left == 0) co_return;
        co_await wait(descriptor_base::wait_write);
    }
}

Task<ResultPtr> Session::Exchange::next_result() {
    while (PQisBusy(session_.connection_)) {
        co_await wait(descriptor_base::wait_read);
        // A broken connection is seen below: PQgetResult answers it with an error result without SQLSTATE.
        if (!PQconsumeInput(session_.connection_)) break;
    }
    co_return ResultPtr(PQgetResult(session_.connection_));
}

Task<ResultPtr> Session::Exchange::finish(int sent, std::string_view sql, [[maybe_unused]] std::string_view name) {
    if (!sent) lose(PQerrorMessage(session_.connection_));
    session_.unreplicated_ = false;
    co_await flush();
    FLORIN_FAIL_POINT_OF("statement_sent", name, ConnectionLost("fail point statement_sent"));
    ResultPtr last;
    ResultPtr error;
    while (auto result = co_await next_result()) {
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR) {
            if (ends_session(result.get())) lose(safe_message(result.get()));
            if (!error) error = std::move(result);
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            lose("COPY is not supported here");
        } else {
            last = std::move(result);
        }
    }
    if (session_.unreplicated_) lose("the wait for synchronous replication was cancelled: the commit is not confirmed");
    if (PQstatus(session_.connection_) == CONNECTION_BAD) lose(PQerrorMessage(session_.connection_));
    done_ = true;
    if (error) throw sql_error(error.get(), sql);
    FLORIN_ASSERT(last != nullptr);
    co_return last;
}

}  // namespace florin::postgres
