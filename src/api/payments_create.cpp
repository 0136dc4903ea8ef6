// POST /api/v1/payments
#include "api/handlers.hpp"
#include "api/money_request.hpp"
#include "base/json.hpp"
#include "payments/request.hpp"

namespace florin::api {
namespace {

Checked<flow::Command> command_of(const Call& call) {
    json::Arena arena;
    auto asked = read_money_request(call.request, Body::required, arena.storage());
    if (!asked) return std::unexpected(std::move(asked.error()));
    auto request = payments::parse_create_request(asked->body, call.credential.live);
    if (!request) return std::unexpected(std::move(request.error()));
    const auto fingerprint = payments::fingerprint(call.request.path, *request);
    return flow::Command{.credential = call.credential,
                         .key = std::move(asked->key),
                         .request_id = call.request_id,
                         .request = std::move(*request),
                         .fingerprint = fingerprint};
}

}  // namespace

Task<Answer> create_payment(const ApiServices& services, Call call) {
    CO_TRY(command, command_of(call));
    CO_TRY(answer, co_await services.operations.run(std::move(command)));
    co_return response_of(std::move(answer));
}

}  // namespace florin::api
