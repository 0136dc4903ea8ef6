// /api/v1/admin/keys
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/admin_fields.hpp"
#include "api/handlers_admin.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"merchant_id", "limit", "starting_after"});

Refusal only_on_the_command_line() {
    return {Error::forbidden, "Operators' keys are made and rotated on the command line only: florin keys rotate."};
}

}  // namespace

Task<Answer> create_key(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::required));
    CO_TRY(body, parse_key_request(request.body, services.flow.clock.now()));
    CO_TRY(wanted, new_key(call.credential, body));
    auto author = author_of(call, request);
    CO_TRY(made, co_await services.administration.create_key(std::move(wanted), std::move(author), call.deadline));
    co_return made_key_response(made);
}

Task<Answer> list_keys(const ApiServices& services, Call call) {
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(cut, parse_cut<KeyId>(parameters));
    CO_TRY(filter,
           co_await owner_filter(services, call.credential, find_value(parameters, "merchant_id"), call.deadline));
    const auto keys = co_await services.administration.list_keys(filter, cut, call.deadline);
    co_return page_response(keys);
}

Task<Answer> read_key(const ApiServices& services, Call call) {
    CO_TRY(key, co_await load_managed_key(services, call.credential, call.id, call.deadline));
    co_return resource_response(200, store::to_json(key));
}

Task<Answer> rotate_key(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::optional));
    CO_TRY(overlap, parse_rotation(request.body));
    CO_TRY(key, co_await load_managed_key(services, call.credential, call.id, call.deadline));
    if (key.mode == store::KeyMode::admin) co_return std::unexpected(only_on_the_command_line());
    auto author = author_of(call, request);
    CO_TRY(made, co_await services.administration.rotate_key(key.id, overlap, std::move(author), call.deadline));
    services.credentials.forget(key.id);
    co_return made_key_response(made);
}

Task<Answer> revoke_key(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::optional));
    if (auto fault = fault_of_any_field(request.body)) co_return std::unexpected(std::move(*fault));
    CO_TRY(key, co_await load_managed_key(services, call.credential, call.id, call.deadline));
    auto author = author_of(call, request);
    CO_TRY(revoked, co_await services.administration.revoke_key(key.id, std::move(author), call.deadline));
    services.credentials.forget(key.id);
    co_return resource_response(200, store::to_json(revoked.row), revoked.replayed);
}

}  // namespace florin::api
