// POST /api/v1/payments. Order of checks: headers, JSON, fields; nothing is stored before all of them have passed.
#include "api/handlers.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "base/json.hpp"
#include "payments/request.hpp"

namespace florin::api {
namespace {

http::Response response_of(flow::Answer answer) {
    http::Response response{.status = answer.status, .body = std::move(answer.body)};
    if (answer.is_problem()) response.content_type = kProblemType;
    if (answer.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
    if (answer.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(answer.retry_after_s));
    return response;
}

Checked<flow::CreateCommand> command_of(const Call& call) {
    auto key = idempotency_key(call.request);
    if (!key) return std::unexpected(std::move(key.error()));
    if (auto fault = fault_of_content_type(call.request)) return std::unexpected(std::move(*fault));
    const auto body = json::parse(call.request.body);
    if (!body) return std::unexpected(body.error());
    auto request = payments::parse_create_request(*body, call.credential.live);
    if (!request) return std::unexpected(std::move(request.error()));
    const auto fingerprint = payments::fingerprint(call.request.path, *request);
    return flow::CreateCommand{.credential = call.credential,
                               .key = std::move(*key),
                               .request_id = call.request_id,
                               .request = std::move(*request),
                               .fingerprint = fingerprint};
}

}  // namespace

Task<Answer> create_payment(const ApiServices& services, Call call) {
    CO_TRY(command, command_of(call));
    CO_TRY(answer, co_await services.create_payment.run(std::move(command)));
    co_return response_of(std::move(answer));
}

}  // namespace florin::api
