#include "api/money_request.hpp"

#include "api/headers.hpp"
#include "api/problem.hpp"
#include "base/json.hpp"

namespace florin::api {

Checked<MoneyRequest> read_money_request(const http::Request& request, Body body, boost::json::storage_ptr storage) {
    auto key = idempotency_key(request);
    if (!key) return std::unexpected(std::move(key.error()));
    if (body == Body::optional && request.body.empty()) return MoneyRequest{std::move(*key), boost::json::object{}};
    if (auto fault = fault_of_content_type(request)) return std::unexpected(std::move(*fault));
    auto json = json::parse(request.body, {}, std::move(storage));
    if (!json) return std::unexpected(std::move(json.error()));
    return MoneyRequest{std::move(*key), std::move(*json)};
}

Checked<boost::json::value> read_patch(const http::Request& request) {
    if (auto fault = fault_of_content_type(request)) return std::unexpected(std::move(*fault));
    return json::parse(request.body);
}

http::Response response_of(flow::Answer answer) {
    http::Response response{.status = answer.status, .body = std::move(answer.body)};
    if (answer.is_problem()) response.content_type = kProblemType;
    if (answer.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
    if (answer.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(answer.retry_after_s));
    return response;
}

}  // namespace florin::api
