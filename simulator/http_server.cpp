#include "simulator/http_server.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "simulator/http_connection.hpp"
#include "simulator/http_parser.hpp"

namespace florin::simulator {
namespace {

constexpr std::uint64_t kPeriodUs = 20'000;
// Under load a flush waits this long for company, so that its cost is shared; alone it does not wait.
constexpr std::int64_t kLongestFlushWaitUs = 4'000;
constexpr std::size_t kCrowd = 8;
constexpr unsigned kNapUs = 1'000;
constexpr std::int64_t kDripUs = 100'000;
constexpr std::int64_t kLongestWaitMs = 1'000;
constexpr std::int64_t kLookAgainMs = 10;  // where a test moves the time
constexpr int kEventsPerTurn = 512;
constexpr std::size_t kMostSpareBytes = 64 * 1024;

}  // namespace

void Server::run(Service& service) {
    service_ = &service;
    while (!stopping_) {
        // While a flush waits for company anyway, requests are better read several at a time than each with a wake-up.
        if (dirty_since_us_ != 0 && active() >= kCrowd) ::usleep(kNapUs);
        turn(wait_ms(monotonic_us()));
    }
    flush_and_send();
}

void Server::turn(int wait_ms) {
    epoll_event events[kEventsPerTurn];
    const int count = ::epoll_wait(epoll_, events, kEventsPerTurn, wait_ms);
    if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    turn_us_ = monotonic_us();
    const auto period = static_cast<std::uint64_t>(turn_us_) / kPeriodUs;
    if (period != period_) {
        active_before_ = period == period_ + 1 ? active_now_ : 0;
        active_now_ = 0;
        period_ = period;
    }
    for (int i = 0; i < count; ++i) on_event(unpack(events[i].data.u64), events[i].events);
    timers_.run_due(turn_us_);
    if (!service_->is_dirty()) {
        dirty_since_us_ = 0;
        send_held();
        return;
    }
    if (dirty_since_us_ == 0) dirty_since_us_ = turn_us_;
    if (is_flush_due(turn_us_)) flush_and_send();
}

// Whoever is alone does not wait; among many a flush waits until all that are active have asked, or for 4 ms.
bool Server::is_flush_due(std::int64_t now_us) const {
    return (!held_.empty() && held_.size() >= active()) || now_us - dirty_since_us_ >= kLongestFlushWaitUs;
}

void Server::flush_and_send() {
    service_->flush();
    dirty_since_us_ = 0;
    send_held();
}

int Server::wait_ms(std::int64_t now_us) const {
    std::int64_t until = timers_.empty() ? now_us + 1'000'000 : timers_.next_us();
    if (dirty_since_us_ != 0) until = std::min(until, dirty_since_us_ + kLongestFlushWaitUs);
    const auto longest = is_time_virtual() ? kLookAgainMs : kLongestWaitMs;
    return static_cast<int>(std::clamp<std::int64_t>((until - now_us + 999) / 1'000, 0, longest));
}

void Server::on_event(Handle of, std::uint32_t events) {
    if (of.fd == signals_) {
        stopping_ = true;
        return;
    }
    if (of.fd == listener_) return accept_all();
    const auto slot = static_cast<std::size_t>(of.fd);
    if (slot < foreign_.size() && foreign_[slot].on_ready && foreign_[slot].serial == of.serial) {
        const auto on_ready = foreign_[slot].on_ready;  // it may take itself away
        return (*on_ready)(events);
    }
    Connection* connection = find(of);
    if (connection == nullptr) return;
    if ((events & EPOLLOUT) != 0) return send_to(*connection);
    read_from(*connection);
}

Server::Connection* Server::find(Handle handle) const {
    const auto slot = static_cast<std::size_t>(handle.fd);
    if (slot >= connections_.size() || !connections_[slot]) return nullptr;
    return connections_[slot]->serial == handle.serial ? connections_[slot].get() : nullptr;
}

void Server::read_from(Connection& connection) {
    const ssize_t got = ::recv(connection.fd, input_.data(), input_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return close(connection, false);
    const std::string_view bytes(input_.data(), static_cast<std::size_t>(got));
    Request request;
    std::size_t consumed = 0;
    // The usual case is one whole request and nothing else: it is served from the shared buffer without a copy.
    if (connection.input.empty() && !connection.busy && parse_request(bytes, request, consumed) == Parsed::complete &&
        consumed == bytes.size()) {
        return serve(connection, request);
    }
    connection.input.append(bytes);
    if (!connection.busy) serve_buffered(connection);
}

void Server::serve_buffered(Connection& connection) {
    if (connection.input.empty()) return;
    const std::string buffer = connection.input;  // `serve` may close the connection
    Request request;
    std::size_t consumed = 0;
    switch (parse_request(buffer, request, consumed)) {
        case Parsed::incomplete:
            return;
        case Parsed::complete:
            break;
        case Parsed::malformed:
            return refuse_syntax(connection, 400);
        case Parsed::too_large:
            return refuse_syntax(connection, 413);
        case Parsed::length_required:
            return refuse_syntax(connection, 411);
    }
    connection.input.erase(0, consumed);
    serve(connection, request);
}

void Server::count_activity(Connection& connection) {
    if (connection.active_period == period_) return;
    connection.active_period = period_;
    ++active_now_;
}

void Server::serve(Connection& connection, const Request& request) {
    count_activity(connection);
    connection.busy = true;
    connection.close_after = !request.keep_alive;
    answer_.clear();
    service_->handle(request, answer_);
    if (answer_.delivery == Delivery::hang) return;
    if (answer_.delay_us == 0 && !answer_.after) {
        connection.out.bytes = take_spare();
        connection.out.render(answer_, turn_us_, connection.close_after);
        return hold(connection);
    }
    serve_later(connection);
}

// After its delay, and after what it waits for.
void Server::serve_later(Connection& connection) {
    auto late = std::make_shared<Outgoing>();
    late->render(answer_, turn_us_, connection.close_after);
    const Handle to{connection.fd, connection.serial};
    const auto release = [this, to, late] {
        Connection* there = find(to);
        if (there == nullptr) return;
        there->out = std::move(*late);
        hold(*there);
    };
    const auto when_us = turn_us_ + answer_.delay_us;
    if (!answer_.after) return timers_.at(when_us, release);
    answer_.after([this, when_us, release] { timers_.at(when_us, release); });
}

void Server::refuse_syntax(Connection& connection, int status) {
    answer_.clear();
    answer_.status = status;
    answer_.body = R"({"error":{"message":"The request could not be read.","type":"invalid_request_error"}})";
    connection.busy = true;
    connection.close_after = true;
    connection.out.render(answer_, turn_us_, true);
    hold(connection);
}

std::string Server::take_spare() {
    if (spare_.empty()) return {};
    auto buffer = std::move(spare_.back());
    spare_.pop_back();
    return buffer;
}

void Server::hold(Connection& connection) {
    held_.push_back({connection.fd, connection.serial});
}

void Server::send_held() {
    if (held_.empty()) return;
    const auto now = monotonic_us();
    // Sending may serve a pipelined request, whose answer then waits for the next turn.
    std::vector<Handle> ready;
    ready.swap(held_);
    for (const Handle handle : ready) {
        Connection* connection = find(handle);
        if (connection == nullptr) continue;
        switch (connection->out.delivery) {
            case Delivery::drop:
                close(*connection, false);
                break;
            case Delivery::reset:
                close(*connection, true);
                break;
            case Delivery::drip:
                drip(handle);
                break;
            default:
                connection->out.stamp(now);
                send_to(*connection);
        }
    }
    if (held_.empty() && held_.capacity() == 0) {
        ready.clear();
        held_.swap(ready);
    }
}

void Server::send_to(Connection& connection) {
    auto& out = connection.out;
    const std::size_t left = out.bytes.size() - out.sent;
    const ssize_t sent = ::send(connection.fd, out.bytes.data() + out.sent, left, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close(connection, false);
    if (sent > 0) out.sent += static_cast<std::size_t>(sent);
    if (out.delivery == Delivery::endless && out.sent == out.bytes.size()) out.sent = out.repeat_from;
    const bool is_done = out.sent == out.bytes.size();
    if (is_done == connection.is_writing) {
        connection.is_writing = !is_done;
        watch({connection.fd, connection.serial}, is_done ? EPOLLIN : EPOLLOUT, EPOLL_CTL_MOD);
    }
    if (is_done) finish(connection);
}

void Server::finish(Connection& connection) {
    if (connection.close_after || connection.out.delivery == Delivery::half) return close(connection, false);
    connection.busy = false;
    if (connection.out.bytes.capacity() <= kMostSpareBytes) spare_.push_back(std::move(connection.out.bytes));
    connection.out.bytes.clear();
    serve_buffered(connection);
}

void Server::drip(Handle to) {
    Connection* connection = find(to);
    if (connection == nullptr) return;
    auto& out = connection->out;
    if (::send(connection->fd, out.bytes.data() + out.sent, 1, MSG_NOSIGNAL) == 1) ++out.sent;
    if (out.sent == out.bytes.size()) return finish(*connection);
    timers_.at(monotonic_us() + kDripUs, [this, to] { drip(to); });
}

}  // namespace florin::simulator
