#include "http/server.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <stdexcept>
#include <system_error>

#include "http/connection.hpp"
#include "http/server_state.hpp"

namespace florin::http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr Milliseconds kSweepEvery{100};
constexpr Milliseconds kSweepOn{1};
constexpr int kEndedAtOnce = 64;
constexpr Milliseconds kAfterAcceptError{50};

Task<void> pause(asio::any_io_executor executor, Milliseconds duration) {
    Timer timer(executor, duration);
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// Who fills the table with connections that send nothing loses those, oldest first, and locks nobody out: others are in
// use, or have been more lately.
bool make_room(ServerState& server) {
    auto* longest = server.connections.find_longest_waiting();
    if (longest) longest->close();
    return longest != nullptr;
}

// Without room the connection is closed at once: the client learns it now instead of waiting in the backlog.
void take(std::shared_ptr<ServerState> server, tcp::socket socket) {
    if (server->connections.size() >= server->options.connections && !make_room(*server)) return;
    spawn(server->executor, serve_connection(server, std::move(socket)));
}

Task<void> accept_connections(std::shared_ptr<ServerState> server) {
    while (server->acceptor.is_open()) {
        error_code ec;
        auto socket = co_await server->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted || !server->acceptor.is_open()) co_return;
        if (ec) {
            // Out of file descriptors, mostly: without a pause the loop would spin until one is free.
            make_room(*server);
            co_await pause(server->executor, kAfterAcceptError);
            continue;
        }
        take(server, std::move(socket));
    }
}

// Whom the kernel has accepted believes to be connected, and may have sent its request: closing the listener would
// reset it. Bounded, as others may come faster than they are taken.
void take_backlog(std::shared_ptr<ServerState> server) {
    error_code ec;
    server->acceptor.non_blocking(true, ec);
    for (int taken = 0; !ec && taken < asio::socket_base::max_listen_connections; ++taken) {
        tcp::socket socket(server->executor);
        server->acceptor.accept(socket, ec);
        if (!ec) take(server, std::move(socket));
    }
}

// Connections opened together are late together: the others have their turn between some of them and the next.
Milliseconds end_some_late(ServerState& server) {
    const auto now = std::chrono::steady_clock::now();
    for (int ended = 0; ended < kEndedAtOnce; ++ended) {
        auto* late = server.connections.find_late(now);
        if (!late) return kSweepEvery;
        late->end_late();
    }
    return kSweepOn;
}

Task<void> sweep_late_connections(std::shared_ptr<ServerState> server) {
    auto next = kSweepEvery;
    while (!server->is_over) {
        server->sweep.expires_after(next);
        error_code ignored;
        co_await server->sweep.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        next = end_some_late(*server);
    }
}

void stop_accepting(ServerState& server) {
    error_code ignored;
    server.acceptor.close(ignored);
}
}  // namespace

ServerState::ServerState(asio::any_io_executor loop, ServerOptions chosen, Handler handles, RefusalHandler refuses)
    : executor(std::move(loop)),
      options(std::move(chosen)),
      handler(std::move(handles)),
      refusal(std::move(refuses)),
      acceptor(executor),
      sweep(executor),
      connection_gone(executor, Timer::time_point::max()),
      connections(options),
      larger_bodies(options.larger_bodies_bytes) {}

Server::Server(asio::any_io_executor executor, ServerOptions options, Handler handler, RefusalHandler refusal)
    : state_(std::make_shared<ServerState>(std::move(executor), std::move(options), std::move(handler),
                                           std::move(refusal))) {}

Server::~Server() {
    state_->is_over = true;
    stop_accepting(*state_);
    state_->sweep.cancel();
    state_->connections.for_each([](Connection& connection) { connection.close(); });
}

Checked<void> Server::reload_tls() {
    if (!state_->options.tls) return {};
    auto read = load_server_tls(*state_->options.tls);
    if (!read) return std::unexpected(std::move(read.error()));
    state_->tls = std::move(*read);
    return {};
}

void Server::start() {
    if (auto read = reload_tls(); !read) throw std::runtime_error(read.error().detail);
    const auto& options = state_->options;
    auto& acceptor = state_->acceptor;
    error_code ec;
    const auto address = asio::ip::make_address(options.address, ec);
    const tcp::endpoint endpoint(address, options.port);
    if (!ec) acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) {
        stop_accepting(*state_);
        throw std::system_error(ec, fmt::format("cannot listen on {}:{}", options.address, options.port));
    }
    state_->port = acceptor.local_endpoint().port();
    spawn(state_->executor, accept_connections(state_));
    spawn(state_->executor, sweep_late_connections(state_));
}

std::uint16_t Server::port() const {
    return state_->port;
}

Task<void> Server::drain(Deadline deadline) {
    auto state = state_;
    take_backlog(state);
    stop_accepting(*state);
    co_await asio::post(state->executor, asio::use_awaitable);  // what was taken has begun and counts
    state->draining = true;
    state->connections.for_each([](Connection& connection) { connection.end_if_idle(); });
    while (state->connections.size() > 0 && !deadline.passed()) {
        // Connections cancel this timer when they end; the expiry bounds the wait.
        state->connection_gone.expires_after(deadline.remaining());
        error_code ignored;
        co_await state->connection_gone.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    state->connections.for_each([](Connection& connection) { connection.close(); });
}

}  // namespace florin::http
