#include "http/connection.hpp"

#include <poll.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/fail_point.hpp"
#include "http/header_scan.hpp"
#include "http/response.hpp"

namespace florin::http {
namespace asio = boost::asio;
using boost::system::error_code;
using Step = TlsSession::Step;

namespace {
constexpr std::size_t kReadBytes = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
const Refused kNobodyWaits{.status = 0};

auto into(error_code& ec) {
    return asio::redirect_error(asio::use_awaitable, ec);
}
}  // namespace

Task<void> serve_connection(std::shared_ptr<ServerState> server, asio::ip::tcp::socket socket) {
    if (server->is_over) co_return;
    Connection connection(*server, std::move(socket));
    co_await connection.run();
}

Connection::Connection(ServerState& server, asio::ip::tcp::socket socket)
    : server_(server),
      socket_(std::move(socket)),
      place_(server.connections.add(this, server.tls ? Phase::handshake : Phase::fresh)),
      buffer_(server.options.header_bytes + 4 * kReadBytes) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    const auto remote = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = remote.address().to_string();
    if (server.tls) tls_ = std::make_unique<TlsSession>(server.tls, socket_.native_handle());
}

Connection::~Connection() {
    server_.connections.remove(place_);
    server_.connection_gone.cancel();
}

Task<void> Connection::run() {
    FLORIN_FAIL_POINT("connection_accepted");
    std::optional<Refused> refused;
    if (tls_) refused = co_await shake_hands();
    while (!refused) {
        std::size_t header_size = 0;
        refused = co_await receive_header(header_size);
        if (!refused) refused = co_await serve_request(header_size);
        if (!refused) enter(Phase::idle);
    }
    co_await end(std::move(*refused));
}

Task<std::optional<Refused>> Connection::shake_hands() {
    for (;;) {
        const auto step = tls_->shake_hands();
        if (step == Step::done) break;
        if (step == Step::plain_http) {
            tls_.reset();
            co_return Refused{400, "TLS is spoken here: use https://, and another API key if you just sent yours"};
        }
        // OpenSSL has sent its alert; the client should read it before the socket goes.
        if (step == Step::ended) co_return kNobodyWaits;
        if (!co_await wait_for(step == Step::wants_write ? Wait::wait_write : Wait::wait_read)) co_return kNobodyWaits;
    }
    enter(Phase::fresh);
    co_return std::nullopt;
}

Task<std::optional<Refused>> Connection::receive_header(std::size_t& size) {
    HeaderScan scan(server_.options.header_bytes);
    for (;;) {
        // RFC 9112 §2.2: an empty line before the request line is skipped.
        while (received().starts_with("\r\n")) buffer_.consume(2);
        const bool has_begun = !received().empty() && received() != "\r";
        if (has_begun) {
            if (auto refused = scan.look(received())) co_return refused;
        }
        size = scan.size();
        if (scan.is_complete()) co_return std::nullopt;
        if (has_begun && phase() != Phase::header) enter(Phase::header);
        if (!co_await fill()) co_return why_reading_stopped();
    }
}

Task<std::optional<Refused>> Connection::serve_request(std::size_t header_size) {
    RequestParser parser(server_.options.body_bytes, {server_.options.larger_bodies, &server_.larger_bodies});
    auto refused = parser.parse_header(received().substr(0, header_size));
    buffer_.consume(header_size);
    if (!refused && !parser.is_done()) refused = co_await read_body(parser);
    if (refused) co_return refused;

    enter(Phase::handling);
    auto request = parser.take();
    request.peer = peer_;
    request.is_gone = [this] { return has_hung_up(); };
    const bool with_body = request.method != "HEAD";
    const auto response = co_await handle(std::move(request));
    const bool keep_alive = parser.keep_alive() && !server_.draining;
    if (!co_await send(response, with_body, keep_alive)) co_return kNobodyWaits;
    if (!keep_alive) co_return kNobodyWaits;
    co_return std::nullopt;
}

Task<std::optional<Refused>> Connection::read_body(RequestParser& parser) {
    enter(Phase::body);
    if (parser.expects_continue() && buffer_.size() == 0) {
        if (!co_await send_all(kContinue, {})) co_return kNobodyWaits;
        if (phase() != Phase::body) enter(Phase::body);
    }
    for (;;) {
        std::size_t used = 0;
        if (buffer_.size() > 0) {
            if (auto refused = parser.parse_body(received(), used)) co_return refused;
            buffer_.consume(used);
        }
        if (parser.is_done()) co_return std::nullopt;
        if (used > 0) continue;
        // What stays unused is a chunk header or trailer that is not complete yet, and those are short.
        if (buffer_.size() > kReadBytes) co_return Refused{400, "a chunk header of the body is too long"};
        if (!co_await fill()) co_return why_reading_stopped();
    }
}

Task<Response> Connection::handle(Request request) {
    try {
        FLORIN_FAIL_POINT_OF("request_read", request.method, std::runtime_error("fail point request_read"));
        co_return co_await server_.handler(std::move(request));
    } catch (const std::exception&) {
        co_return server_.refusal(500, "the request could not be handled");  // what happened is the handler's to log
    }
}

Task<bool> Connection::send(const Response& response, bool with_body, bool keep_alive) {
    FLORIN_FAIL_POINT("before_answer");
    auto head = render_head(response, {.keep_alive = keep_alive, .over_tls = tls_ != nullptr});
    const bool has_body = with_body && may_have_body(response.status);
    if (FLORIN_FAIL_POINT_PLANNED("answer_half_sent")) {
        if (!co_await send_all(std::exchange(head, {}), {})) co_return false;
        FLORIN_FAIL_POINT("answer_half_sent");
    }
    co_return co_await send_all(head, has_body ? std::string_view(response.body) : std::string_view());
}

// One system call for header and body; the loop is asked only when the socket's buffer is full.
Task<bool> Connection::send_all(std::string_view head, std::string_view body) {
    if (tls_) co_return co_await send_encrypted(std::string(head).append(body));
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    error_code ec;
    const auto sent = socket_.send(parts, 0, ec);
    if (ec && ec != asio::error::would_block) co_return false;
    if (sent == head.size() + body.size()) co_return true;

    enter(Phase::writing);
    if (sent < head.size())
        head.remove_prefix(sent);
    else
        body.remove_prefix(sent - std::exchange(head, {}).size());
    const std::array<asio::const_buffer, 2> rest{asio::buffer(head), asio::buffer(body)};
    co_await asio::async_write(socket_, rest, into(ec));
    co_return !ec;
}

Task<bool> Connection::send_encrypted(std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
        if (!socket_.is_open()) co_return false;  // its number may be another connection's by now
        std::size_t sent = 0;
        const auto step = tls_->write(rest, sent);
        rest.remove_prefix(sent);
        if (step == Step::done) continue;
        if (step == Step::ended) co_return false;
        if (phase() != Phase::writing) enter(Phase::writing);
        if (!co_await wait_for(step == Step::wants_write ? Wait::wait_write : Wait::wait_read)) co_return false;
    }
    co_return true;
}

// Waits before it reads, so that the buffer is made when there is something to put into it. A TLS session is asked
// first: it may hold bytes that the socket has already given away. Whoever always has more must let the others have
// their turn.
Task<bool> Connection::fill() {
    auto step = tls_ ? read_some() : Step::wants_read;
    if (step == Step::done) co_await asio::post(server_.executor, asio::use_awaitable);
    while (step == Step::wants_read || step == Step::wants_write) {
        if (buffer_.size() == 0) buffer_.shrink_to_fit();
        if (!co_await wait_for(step == Step::wants_write ? Wait::wait_write : Wait::wait_read)) co_return false;
        step = read_some();
    }
    co_return step == Step::done&& phase() != Phase::ending;
}

TlsSession::Step Connection::read_some() {
    const auto space = buffer_.prepare(kReadBytes);
    std::size_t got = 0;
    auto step = Step::done;
    if (tls_) {
        step = tls_->read(static_cast<char*>(space.data()), space.size(), got);
    } else {
        error_code ec;
        got = socket_.read_some(space, ec);
        if (ec) step = ec == asio::error::would_block ? Step::wants_read : Step::ended;
    }
    buffer_.commit(got);
    return step;
}

// An idle connection is told to end when the server drains; a request that crossed that is served all the same.
Task<bool> Connection::wait_for(Wait what) {
    if (server_.draining && is_idle()) co_return has_unread_bytes();
    error_code ec;
    co_await socket_.async_wait(what, into(ec));
    if (phase() == Phase::ending) co_return false;
    if (ec == asio::error::operation_aborted && server_.draining) co_return has_unread_bytes();
    co_return !ec;
}

// Who still sends is read for a while: closing at once would make its kernel throw our last words away (RFC 9112 §9.6).
Task<void> Connection::end(Refused refused) {
    if (refused.status != 0 && !co_await send(server_.refusal(refused.status, std::move(refused.detail)), true, false))
        co_return;
    if (!socket_.is_open()) co_return;
    if (tls_) tls_->tell_end();
    if (refused.status == 0 && !has_unread_bytes()) co_return;
    error_code ec;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    enter(Phase::lingering);
    buffer_.clear();
    while (!ec && phase() == Phase::lingering) {
        co_await socket_.async_read_some(buffer_.prepare(kReadBytes), into(ec));
    }
}

Refused Connection::why_reading_stopped() const {
    if (!late_) return kNobodyWaits;
    return {408, "the request did not arrive in time"};
}

std::string_view Connection::received() const {
    const auto data = buffer_.data();
    return {static_cast<const char*>(data.data()), data.size()};
}

bool Connection::has_unread_bytes() {
    error_code ec;
    return buffer_.size() > 0 || (socket_.available(ec) > 0 && !ec);
}

bool Connection::has_hung_up() {
    if (!socket_.is_open()) return true;
    pollfd state{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
    return ::poll(&state, 1, 0) > 0;
}

bool Connection::is_idle() const {
    return phase() == Phase::idle || phase() == Phase::fresh;
}

void Connection::enter(Phase phase) {
    server_.connections.move(place_, phase);
}

void Connection::end_late() {
    late_ = phase() == Phase::header || phase() == Phase::body;
    const bool reads = phase() != Phase::writing;
    enter(Phase::ending);
    error_code ignored;
    if (reads) return void(socket_.cancel(ignored));
    // Who does not read would otherwise keep the kernel's copy of the response alive for minutes.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void Connection::end_if_idle() {
    error_code ignored;
    if (is_idle()) socket_.cancel(ignored);
}

void Connection::close() {
    enter(Phase::ending);
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace florin::http
