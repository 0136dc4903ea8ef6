// /api/v1/webhook_endpoints: where the key's merchant is told of its events, in the key's mode.
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/admin_fields.hpp"
#include "api/handlers.hpp"
#include "api/webhook_endpoint.hpp"
#include "api/webhook_endpoint_request.hpp"
#include "store/webhook_endpoint_rows.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"limit", "starting_after"});

http::Response made_response(int status, const store::MadeWebhookEndpoint& made) {
    auto object = store::to_json(made.row);
    object["secret"] = made.replayed ? boost::json::value() : boost::json::value(made.secret.expose());
    return resource_response(status, object, made.replayed);
}

http::Response changed_response(const store::Changed<store::WebhookEndpointRow>& changed) {
    return resource_response(200, store::to_json(changed.row), changed.replayed);
}

std::optional<Refusal> fault_of_body(const http::Request& request) {
    if (request.body.empty()) return std::nullopt;
    return Refusal{Error::malformed_request, "A DELETE takes no body: send it without one."};
}

// What switches an endpoint: its id alone says all.
struct Named {
    WebhookEndpointId id;
    store::OwnerFilter owner;
    store::Author author;
};
Checked<Named> read_named(const Call& call) {
    auto request = read_money_request(call.request, Body::optional);
    if (!request) return std::unexpected(std::move(request.error()));
    if (auto fault = fault_of_any_field(request->body)) return std::unexpected(std::move(*fault));
    const auto id = webhook_endpoint_id(call.id);
    if (!id) return std::unexpected(id.error());
    return Named{.id = *id, .owner = owner_of(call.credential), .author = author_of(call, *request)};
}

}  // namespace

store::OwnerFilter owner_of(const store::Credential& credential) {
    return {.merchant = credential.merchant->id, .live = credential.live};
}

Checked<WebhookEndpointId> webhook_endpoint_id(std::string_view text) {
    const auto id = WebhookEndpointId::parse(text);
    if (!id) return std::unexpected(store::no_such_webhook_endpoint());
    return *id;
}

// A replay is answered whatever the URL leads to by now.
Task<Answer> create_webhook_endpoint(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::required));
    CO_TRY(wanted, parse_new_webhook_endpoint(request.body));
    wanted.merchant = call.credential.merchant->id;
    wanted.live = call.credential.live;
    auto author = author_of(call, request);
    CO_TRY(is_replay, co_await services.webhook_endpoints.is_replay(author, call.deadline));
    if (!is_replay) {
        auto fault = co_await services.webhook_registration.fault_of(wanted.url, wanted.live, call.deadline);
        if (fault) co_return std::unexpected(std::move(*fault));
    }
    CO_TRY(made, co_await services.webhook_endpoints.create(std::move(wanted), std::move(author),
                                                            Deadline::after(kWriteWithin)));
    co_return made_response(201, made);
}

Task<Answer> list_webhook_endpoints(const ApiServices& services, Call call) {
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(cut, parse_cut<WebhookEndpointId>(parameters));
    const auto endpoints = co_await services.webhook_endpoints.list(owner_of(call.credential), cut, call.deadline);
    co_return page_response(endpoints);
}

Task<Answer> read_webhook_endpoint(const ApiServices& services, Call call) {
    CO_TRY(id, webhook_endpoint_id(call.id));
    const auto row = co_await services.webhook_endpoints.find(id, owner_of(call.credential), call.deadline);
    if (!row) co_return std::unexpected(store::no_such_webhook_endpoint());
    co_return resource_response(200, store::to_json(*row));
}

// Whose endpoint it is comes first: no name is looked up for somebody else's.
Task<Answer> update_webhook_endpoint(const ApiServices& services, Call call) {
    CO_TRY(body, read_patch(call.request));
    CO_TRY(change, parse_webhook_endpoint_change(body));
    CO_TRY(id, webhook_endpoint_id(call.id));
    const auto owner = owner_of(call.credential);
    const auto row = co_await services.webhook_endpoints.find(id, owner, call.deadline);
    if (!row) co_return std::unexpected(store::no_such_webhook_endpoint());
    if (change.url && *change.url != row->url) {
        auto fault = co_await services.webhook_registration.fault_of(*change.url, row->live, call.deadline);
        if (fault) co_return std::unexpected(std::move(*fault));
    }
    auto author = author_of(call);
    CO_TRY(changed, co_await services.webhook_endpoints.update(id, owner, std::move(change), std::move(author),
                                                               Deadline::after(kWriteWithin)));
    co_return resource_response(200, store::to_json(changed));
}

Task<Answer> delete_webhook_endpoint(const ApiServices& services, Call call) {
    if (auto fault = fault_of_body(call.request)) co_return std::unexpected(std::move(*fault));
    CO_TRY(id, webhook_endpoint_id(call.id));
    auto author = author_of(call);
    CO_TRY(removed, co_await services.webhook_endpoints.remove(id, owner_of(call.credential), std::move(author),
                                                               Deadline::after(kWriteWithin)));
    co_return resource_response(200, store::to_json(removed));
}

Task<Answer> enable_webhook_endpoint(const ApiServices& services, Call call) {
    CO_TRY(named, read_named(call));
    CO_TRY(changed, co_await services.webhook_endpoints.enable(named.id, named.owner, named.author, call.deadline));
    co_return changed_response(changed);
}

Task<Answer> disable_webhook_endpoint(const ApiServices& services, Call call) {
    CO_TRY(named, read_named(call));
    CO_TRY(changed, co_await services.webhook_endpoints.disable(named.id, named.owner, named.author, call.deadline));
    co_return changed_response(changed);
}

Task<Answer> rotate_webhook_secret(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::optional));
    CO_TRY(overlap, parse_secret_rotation(request.body));
    CO_TRY(id, webhook_endpoint_id(call.id));
    auto author = author_of(call, request);
    CO_TRY(made, co_await services.webhook_endpoints.rotate_secret(id, owner_of(call.credential), overlap,
                                                                   std::move(author), call.deadline));
    co_return made_response(200, made);
}

}  // namespace florin::api
