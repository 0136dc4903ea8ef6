#include "http/client.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "http/connection_pool.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace {
std::string host_of(const Origin& origin) {
    const bool usual_port = origin.port == (origin.tls ? 443 : 80);
    const bool is_ipv6 = origin.host.find(':') != std::string::npos;
    auto host = is_ipv6 ? fmt::format("[{}]", origin.host) : origin.host;
    return usual_port ? host : fmt::format("{}:{}", host, origin.port);
}

bool is_safe_target(std::string_view target) {
    return target.starts_with('/') && is_header_safe(target) && target.find(' ') == std::string_view::npos;
}

std::string render(const Origin& origin, const ClientRequest& request) {
    FLORIN_ASSERT(is_safe_target(request.target));
    std::string bytes;
    bytes.reserve(512 + request.body.size());
    fmt::format_to(std::back_inserter(bytes), "{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target,
                   host_of(origin));
    for (const auto& [name, value] : request.headers) {
        FLORIN_ASSERT(is_header_safe(name) && is_header_safe(value));
        bytes.append(name).append(": ").append(value).append("\r\n");
    }
    if (!request.body.empty() || request.method == "POST") {
        fmt::format_to(std::back_inserter(bytes), "Content-Length: {}\r\n", request.body.size());
    }
    return bytes.append("\r\n").append(request.body);
}

using Exchanged = std::expected<ClientAnswer, ClientFailure>;

// Takes the pool by value: the call may outlive the Client.
Task<Exchanged> exchange(std::shared_ptr<ConnectionPool> pool, ClientRequest request, Deadline deadline) {
    auto taken = co_await pool->take(deadline);
    if (!taken) co_return std::unexpected(ClientFailure{true, "no free connection before the deadline"});
    HeldConnection connection(pool, std::move(taken));
    if (!connection->is_open()) {
        auto problem =
            co_await connection->open(pool->origin(), pool->names(), pool->options().connect_timeout, deadline);
        if (!problem.empty()) co_return std::unexpected(ClientFailure{true, std::move(problem)});
    }
    auto bytes = render(pool->origin(), request);
    auto answer = co_await connection->exchange(std::move(bytes), request.method != "HEAD",
                                                pool->options().answer_bytes, deadline);
    if (!answer) connection->reset();
    co_return answer;
}
}  // namespace

Client::Client(boost::asio::any_io_executor executor, Origin origin, ClientOptions options)
    : pool_(std::make_shared<ConnectionPool>(std::move(executor), std::move(origin), std::move(options))) {}

Client::~Client() {
    pool_->close();
}

Task<Exchanged> Client::send(ClientRequest request, Deadline deadline) {
    const auto allowed = deadline.remaining();
    auto answer = co_await exchange(pool_, std::move(request), deadline);
    if (!answer && answer.error().what == "timeout")
        answer.error().what = fmt::format("timeout after {} ms", allowed.count());
    co_return answer;
}

}  // namespace florin::http
