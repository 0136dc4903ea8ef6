// POST /api/v1/webhook_endpoints/{id}/test: an event of its own for this endpoint alone, delivered like any other.
#include <boost/json/parse.hpp>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/admin_fields.hpp"
#include "api/handlers.hpp"
#include "api/webhook_endpoint.hpp"

namespace florin::api {
namespace {

Refusal not_enabled() {
    return {Error::operation_not_allowed, "This webhook endpoint is disabled: enable it before you test it."};
}

boost::json::object event_object(EventId event) {
    return {{"event_id", to_string(event)}};
}

}  // namespace

// The event goes before its row of the log, which knows its id: where a process dies between the two, a repeat sends
// another test, which does no harm.
Task<Answer> send_test_event(const ApiServices& services, Call call) {
    CO_TRY(request, read_money_request(call.request, Body::optional));
    if (auto fault = fault_of_any_field(request.body)) co_return std::unexpected(std::move(*fault));
    CO_TRY(id, webhook_endpoint_id(call.id));
    const auto author = author_of(call, request);
    CO_TRY(known, co_await services.administration.replayed(author, call.deadline));
    if (known) co_return resource_response(202, boost::json::parse(*known).as_object(), true);
    const auto owner = owner_of(call.credential);
    const auto row = co_await services.webhook_endpoints.find(id, owner, call.deadline);
    if (!row) co_return std::unexpected(store::no_such_webhook_endpoint());
    const auto event = co_await services.webhook_deliveries.send_test(id, row->merchant, row->live, call.deadline);
    if (!event) co_return std::unexpected(not_enabled());
    store::Decree decree{.action = "webhook_endpoint.test",
                         .subject = call.id,
                         .merchant = owner.merchant,
                         .live = owner.live,
                         .details = event_object(*event)};
    CO_TRY(is_new, co_await services.administration.record(std::move(decree), author, call.deadline));
    co_return resource_response(202, event_object(*event), !is_new);
}

}  // namespace florin::api
