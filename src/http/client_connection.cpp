#include "http/client_connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "base/fail_point.hpp"

namespace florin::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr std::size_t kReadBytes = 8 * 1024;
constexpr int kInterimAnswers = 8;  // more 1xx than that is no conversation
// A chunk's line or a trailer without end: Beast bounds header and body only, and asks for more for ever.
constexpr std::size_t kMostUnreadBytes = 64 * 1024;

auto into(error_code& ec) {
    return asio::redirect_error(asio::use_awaitable, ec);
}
}  // namespace

ClientConnection::ClientConnection(asio::any_io_executor executor, asio::ssl::context* tls)
    : socket_(std::move(executor)) {
    if (tls) tls_.emplace(socket_, *tls);
}

ClientConnection::~ClientConnection() = default;

Task<std::string> ClientConnection::open(const Origin& origin, const Endpoints& endpoints, Deadline until) {
    until_ = until;
    error_code ec;
    if (!co_await connect(endpoints, ec))
        co_return fmt::format("cannot connect to {}:{}: {}", origin.host, origin.port,
                              late_ ? "timeout" : ec.message());
    socket_.set_option(asio::ip::tcp::no_delay(true), ec);
    if (tls_) {
        expect_host(*tls_, origin.host);
        co_await tls_->async_handshake(asio::ssl::stream_base::client, into(ec));
        if (ec || late_)
            co_return fmt::format("TLS handshake with {} failed: {}", origin.host, late_ ? "timeout" : ec.message());
    }
    until_.reset();
    open_ = true;
    co_return std::string();
}

Task<bool> ClientConnection::connect(const Endpoints& endpoints, error_code& ec) {
    for (const auto& endpoint : endpoints) {
        socket_.close(ec);
        co_await socket_.async_connect(endpoint, into(ec));
        if (late_) break;
        if (!ec) {
            socket_.non_blocking(true, ec);
            co_return true;
        }
    }
    co_return false;
}

Task<std::expected<ClientAnswer, ClientFailure>> ClientConnection::exchange(std::string request, bool body_expected,
                                                                            AnswerLimit limit, Deadline deadline) {
    reusable_ = false;
    until_ = deadline;
    if (deadline.passed()) co_return std::unexpected(ClientFailure{true, "deadline passed before sending"});
    error_code ec;
    FLORIN_FAIL_POINT("psp_connected");
    if (FLORIN_FAIL_POINT_PLANNED("psp_request_half_sent")) {
        co_await send_all(request.substr(0, request.size() / 2), ec);
        FLORIN_FAIL_POINT("psp_request_half_sent");
        request.erase(0, request.size() / 2);
    }
    if (const auto sent = co_await send_all(request, ec); sent != Sent::all)
        co_return std::unexpected(ClientFailure{sent == Sent::nothing, late_ ? "timeout" : ec.message()});
    FLORIN_FAIL_POINT("psp_request_sent");

    for (int interim = 0; interim < kInterimAnswers; ++interim) {
        AnswerParser parser(limit, body_expected);
        if (auto problem = co_await read_answer(parser); problem && !parser.may_be_cut_off())
            co_return std::unexpected(ClientFailure{false, std::move(*problem)});
        if (parser.is_interim()) continue;
        until_.reset();
        idle_since_ = std::chrono::steady_clock::now();
        // Bytes behind the answer would be taken for the next request's answer.
        reusable_ = parser.is_whole() && parser.keep_alive() && buffer_.size() == 0 && !late_;
        co_return parser.take();
    }
    co_return std::unexpected(ClientFailure{false, "only interim answers"});
}

Task<ClientConnection::Sent> ClientConnection::send_all(const std::string& bytes, error_code& ec) {
    if (tls_) {
        co_await asio::async_write(*tls_, asio::buffer(bytes), into(ec));
        co_return ec ? Sent::something : Sent::all;
    }
    // Mostly the kernel takes everything at once; the loop is asked only when it does not.
    auto taken = socket_.send(asio::buffer(bytes), 0, ec);
    if (ec == asio::error::would_block || (!ec && taken < bytes.size())) {
        taken += co_await asio::async_write(socket_, asio::buffer(bytes) + taken, into(ec));
    }
    if (taken == bytes.size() && !ec) co_return Sent::all;
    co_return taken == 0 ? Sent::nothing : Sent::something;
}

Task<std::optional<std::string>> ClientConnection::read_answer(AnswerParser& parser) {
    while (!parser.is_done()) {
        std::size_t used = 0;
        if (buffer_.size() > 0) {
            const auto data = buffer_.data();
            if (auto problem = parser.parse({static_cast<const char*>(data.data()), data.size()}, used))
                co_return problem;
            buffer_.consume(used);
        }
        if (used > 0 && !parser.is_done()) FLORIN_FAIL_POINT("psp_answer_part_read");
        if (parser.is_done() || used > 0) continue;
        if (buffer_.size() > kMostUnreadBytes) co_return "a line between the answer's chunks is too long";
        error_code ec;
        const auto got = co_await read_some(ec);
        if (late_) co_return "timeout";
        if (got > 0) continue;
        // A TLS peer that closes without close_notify may have been cut off by somebody else: then it is no end but an
        // error.
        if (ec != asio::error::eof) co_return ec.message();
        if (auto problem = parser.parse_end()) co_return problem;
    }
    co_return std::nullopt;
}

Task<std::size_t> ClientConnection::read_some(error_code& ec) {
    const auto space = buffer_.prepare(kReadBytes);
    std::size_t got = 0;
    if (tls_)
        got = co_await tls_->async_read_some(space, into(ec));
    else
        got = co_await socket_.async_read_some(space, into(ec));
    buffer_.commit(got);
    co_return got;
}

bool ClientConnection::is_usable(Milliseconds idle_timeout) {
    if (!may_be_kept() || std::chrono::steady_clock::now() - idle_since_ >= idle_timeout) return false;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientConnection::end_if_late() {
    if (!until_ || !until_->passed()) return;
    until_.reset();
    late_ = true;
    reset();
}

void ClientConnection::reset() {
    open_ = false;
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

}  // namespace florin::http
