#include "http/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "http/response.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr std::size_t kReadBytes = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// How long a refused client may go on sending. Closing earlier would make its kernel throw our answer away (RFC 9112
// §9.6).
constexpr Milliseconds kLinger{2'000};
const Refused kNobodyWaits{.status = 0};

Response failed_handler(const ServerState& server) {
    return server.refusal(500, "the request could not be handled");
}
}  // namespace

Task<void> serve_connection(std::shared_ptr<ServerState> server, asio::ip::tcp::socket socket) {
    Connection connection(*server, std::move(socket));
    co_await connection.run();
}

Connection::Connection(ServerState& server, asio::ip::tcp::socket socket)
    : server_(server), socket_(std::move(socket)), buffer_(server.options.header_bytes + 4 * kReadBytes) {
    place_ = server_.connections.insert(server_.connections.end(), this);
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    const auto remote = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = remote.address().to_string();
}

Connection::~Connection() {
    server_.connections.erase(place_);
    server_.connection_gone.cancel();
}

Task<void> Connection::run() {
    enter(Phase::idle, server_.options.header_timeout);
    for (;;) {
        RequestParser parser(server_.options.body_bytes);
        if (auto refused = co_await read_request(parser)) {
            if (refused->status != 0) co_await refuse(std::move(*refused));
            co_return;
        }
        const bool keep_alive = parser.keep_alive();
        if (!co_await answer(parser.take(), keep_alive)) co_return;
        enter(Phase::idle, server_.options.idle_timeout);
    }
}

Task<std::optional<Refused>> Connection::read_request(RequestParser& parser) {
    if (auto refused = co_await read_header(parser)) co_return refused;
    if (!parser.is_done()) co_return co_await read_body(parser);
    co_return std::nullopt;
}

Task<std::optional<Refused>> Connection::read_header(RequestParser& parser) {
    std::size_t looked_at = 0;
    for (;;) {
        // RFC 9112 §2.2: an empty line before the request line is skipped.
        while (looked_at == 0 && received().starts_with("\r\n")) buffer_.consume(2);
        const auto end = received().find("\r\n\r\n", looked_at);
        const auto size = end == std::string_view::npos ? buffer_.size() : end + 4;
        if (size > server_.options.header_bytes)
            co_return Refused{431,
                              fmt::format("the request header is larger than {} bytes", server_.options.header_bytes)};
        if (end != std::string_view::npos) {
            auto refused = parser.parse_header(received().substr(0, size));
            buffer_.consume(size);
            co_return refused;
        }
        looked_at = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
        if (buffer_.size() > 0 && phase_ == Phase::idle) enter(Phase::reading, server_.options.header_timeout);
        if (!co_await fill()) co_return why_reading_stopped();
    }
}

Task<std::optional<Refused>> Connection::read_body(RequestParser& parser) {
    enter(Phase::reading, server_.options.body_timeout);
    if (parser.expects_continue() && buffer_.size() == 0 && !co_await send_all(kContinue, {})) co_return kNobodyWaits;
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

Task<bool> Connection::answer(Request request, bool keep_alive) {
    enter(Phase::handling, {});
    request.peer = peer_;
    const bool with_body = request.method != "HEAD";
    Response response;
    try {
        response = co_await server_.handler(std::move(request));
    } catch (const std::exception&) {
        response = failed_handler(server_);  // what happened is the handler's to log
    }
    keep_alive = keep_alive && !server_.draining;
    co_return co_await write(response, with_body, keep_alive) && keep_alive;
}

Task<bool> Connection::write(const Response& response, bool with_body, bool keep_alive) {
    enter(Phase::writing, server_.options.write_timeout);
    const auto head = render_head(response, keep_alive);
    const bool has_body = with_body && may_have_body(response.status);
    co_return co_await send_all(head, has_body ? std::string_view(response.body) : std::string_view());
}

Task<bool> Connection::fill() {
    error_code ec;
    const auto got =
        co_await socket_.async_read_some(buffer_.prepare(kReadBytes), asio::redirect_error(asio::use_awaitable, ec));
    buffer_.commit(got);
    if (ec == asio::error::operation_aborted && has_late_bytes()) co_return true;
    co_return !ec && !late_;
}

// One system call for header and body; the loop is asked only when the socket's buffer is full.
Task<bool> Connection::send_all(std::string_view head, std::string_view body) {
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    error_code ec;
    const auto sent = socket_.send(parts, 0, ec);
    if (ec && ec != asio::error::would_block) co_return false;
    if (sent == head.size() + body.size()) co_return true;

    if (sent < head.size())
        head.remove_prefix(sent);
    else
        body.remove_prefix(sent - std::exchange(head, {}).size());
    const std::array<asio::const_buffer, 2> rest{asio::buffer(head), asio::buffer(body)};
    co_await asio::async_write(socket_, rest, asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec;
}

Task<void> Connection::refuse(Refused refused) {
    if (!co_await write(server_.refusal(refused.status, std::move(refused.detail)), true, false)) co_return;
    error_code ec;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    enter(Phase::lingering, kLinger);
    buffer_.clear();
    while (!ec && !late_) {
        co_await socket_.async_read_some(buffer_.prepare(kReadBytes), asio::redirect_error(asio::use_awaitable, ec));
    }
}

Refused Connection::why_reading_stopped() const {
    if (!late_ || phase_ != Phase::reading) return kNobodyWaits;
    return {408, "the request did not arrive in time"};
}

std::string_view Connection::received() const {
    const auto data = buffer_.data();
    return {static_cast<const char*>(data.data()), data.size()};
}

// An idle connection is told to end when the server drains; a request that crossed that is served all the same.
bool Connection::has_late_bytes() {
    error_code ec;
    return !late_ && server_.draining && socket_.available(ec) > 0 && !ec;
}

void Connection::enter(Phase phase, Milliseconds at_most) {
    phase_ = phase;
    late_ = false;
    late_at_ = phase == Phase::handling ? Moment::max() : std::chrono::steady_clock::now() + at_most;
}

void Connection::end_if_late(Moment now) {
    if (now < late_at_) return;
    late_ = true;
    late_at_ = Moment::max();
    error_code ignored;
    if (phase_ != Phase::writing) {
        socket_.cancel(ignored);
        return;
    }
    // Reset: who does not read would otherwise keep the kernel's copy of the response alive for minutes.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void Connection::end_if_idle() {
    if (phase_ != Phase::idle) return;
    error_code ignored;
    socket_.cancel(ignored);
}

void Connection::close() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace florin::http
