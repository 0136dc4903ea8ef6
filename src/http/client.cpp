#include "http/client.hpp"

#include <fmt/format.h>

#include "http/connection_pool.hpp"
#include "http/render.hpp"

namespace florin::http {
namespace {
using Exchanged = std::expected<ClientAnswer, ClientFailure>;

// Takes the pool by value: the call may outlive the Client.
Task<Exchanged> exchange(std::shared_ptr<ConnectionPool> pool, ClientRequest request, Deadline deadline) {
    auto taken = co_await pool->take(deadline);
    if (!taken) co_return std::unexpected(ClientFailure{true, "no free connection before the deadline"});
    HeldConnection connection(pool, std::move(taken));
    if (!connection->is_open()) {
        const auto until = deadline.earlier(Deadline::after(pool->options().connect_timeout));
        const auto endpoints = co_await pool->names().endpoints(until);
        if (endpoints.empty()) {
            auto why = fmt::format("cannot resolve {}: {}", pool->origin().host, pool->names().last_error());
            co_return std::unexpected(ClientFailure{true, std::move(why)});
        }
        auto problem = co_await connection->open(pool->origin(), endpoints, until);
        if (!problem.empty()) co_return std::unexpected(ClientFailure{true, std::move(problem)});
    }
    auto bytes = render(pool->origin(), request);
    const AnswerLimit limit{pool->options().answer_bytes};
    auto answer = co_await connection->exchange(std::move(bytes), request.method != "HEAD", limit, deadline);
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
