// GET /api/v1/webhook_endpoints/{id}/deliveries and POST …/replay: what became of events on their way to an endpoint,
// and sending them again.
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/admin_fields.hpp"
#include "api/handlers.hpp"
#include "api/webhook_endpoint.hpp"
#include "payments/fields.hpp"
#include "store/delivery_json.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"limit", "starting_after", "status", "since"});
constexpr auto kFields = std::to_array<std::string_view>({"since", "only_failed", "event_id", "starting_after"});
constexpr std::string_view kTime = "an RFC 3339 time, such as 2026-03-13T10:00:00Z";

Refusal invalid(std::string_view name, std::string_view what, std::string_view pointer) {
    return {Error::invalid_field, std::string(name).append(" must be ").append(what) + ".", std::string(pointer)};
}

Checked<store::DeliveryQuery> parse_list(const Parameters& parameters) {
    store::DeliveryQuery query;
    auto cut = parse_cut<EventId>(parameters);
    if (!cut) return std::unexpected(std::move(cut.error()));
    query.limit = cut->limit;
    if (cut->starting_after) query.starting_after = EventId(*cut->starting_after);
    if (const auto status = find_value(parameters, "status")) {
        query.status = store::parse_delivery_status(*status);
        if (!query.status)
            return std::unexpected(invalid("status", "one of: pending, delivered, failed, cancelled", ""));
    }
    if (const auto since = find_value(parameters, "since")) {
        query.since = parse_time(*since);
        if (!query.since) return std::unexpected(invalid("since", kTime, ""));
    }
    return query;
}

// A member that is a string its parser takes; true when it is absent.
template <class Target, class Parse>
bool read(const boost::json::object& body, std::string_view name, Target& target, Parse parse) {
    const auto* member = body.if_contains(name);
    if (member == nullptr) return true;
    if (!member->is_string()) return false;
    target = parse(std::string_view(member->get_string()));
    return target.has_value();
}

Checked<store::ReplayRequest> parse_replay(const boost::json::value& json) {
    const auto body = read_object(json);
    if (!body) return std::unexpected(body.error());
    if (auto fault = payments::fault_of_names(**body, kFields, {})) return std::unexpected(std::move(*fault));
    store::ReplayRequest request;
    if (!read(**body, "since", request.since, parse_time)) return std::unexpected(invalid("since", kTime, "/since"));
    if (!read(**body, "event_id", request.event, EventId::parse))
        return std::unexpected(invalid("event_id", "an event id (evt_…)", "/event_id"));
    if (!read(**body, "starting_after", request.starting_after, EventId::parse))
        return std::unexpected(
            invalid("starting_after", "the next_starting_after of the call before", "/starting_after"));
    if (const auto* only_failed = (*body)->if_contains("only_failed")) {
        if (!only_failed->is_bool())
            return std::unexpected(invalid("only_failed", "true or false, without quotes", "/only_failed"));
        request.only_failed = only_failed->get_bool();
    }
    if (!request.since && !request.event && !request.only_failed) {
        return refuse(Error::missing_field, "Say what is sent again: since, event_id or only_failed.", "/since");
    }
    return request;
}

http::Response page_of(const store::DeliveryPage& page) {
    boost::json::array data;
    for (const auto& row : page.rows) data.push_back(store::to_json(row));
    boost::json::object body{{"data", std::move(data)}, {"has_more", page.has_more}};
    body["next_starting_after"] =
        page.next_starting_after ? boost::json::value(to_string(*page.next_starting_after)) : boost::json::value();
    return resource_response(200, body);
}

}  // namespace

Task<Answer> list_webhook_deliveries(const ApiServices& services, Call call) {
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(query, parse_list(parameters));
    CO_TRY(id, webhook_endpoint_id(call.id));
    const auto row = co_await services.webhook_endpoints.find(id, owner_of(call.credential), call.deadline);
    if (!row) co_return std::unexpected(store::no_such_webhook_endpoint());
    query.endpoint = id;
    co_return page_of(co_await services.webhook_deliveries.list(query, call.deadline));
}

Task<Answer> replay_webhook_deliveries(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::required));
    CO_TRY(wanted, parse_replay(request.body));
    CO_TRY(id, webhook_endpoint_id(call.id));
    wanted.endpoint = id;
    wanted.merchant = call.credential.merchant->id;
    wanted.live = call.credential.live;
    auto author = author_of(call, request);
    CO_TRY(replay, co_await services.webhook_deliveries.replay(std::move(wanted), std::move(author), call.deadline));
    co_return resource_response(202, store::to_json(replay), replay.replayed);
}

}  // namespace florin::api
