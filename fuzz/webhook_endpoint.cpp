// The bodies of webhook endpoints: what is taken is within limits and of known types, and the same when it is sent
// again.
#include <algorithm>

#include "api/webhook_endpoint_request.hpp"
#include "fuzz/property.hpp"
#include "payments/fields.hpp"
#include "webhooks/event_types.hpp"

namespace florin::fuzz {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using store::WebhookEndpointChange;

void must_be_types(const std::vector<std::string>& types) {
    const auto known = webhooks::known_event_types();
    for (auto type = types.begin(); type != types.end(); ++type) {
        must(std::ranges::find(known, *type) != known.end(), "a type is a known one");
        must(std::find(types.begin(), type, *type) == type, "and is named once");
    }
}

value rendered(const WebhookEndpointChange& change) {
    object body;
    if (change.url) body.emplace("url", *change.url);
    if (change.description) body.emplace("description", *change.description);
    if (change.types) body.emplace("types", array(change.types->begin(), change.types->end()));
    return body;
}

void check_change(const value& body) {
    const auto change = api::parse_webhook_endpoint_change(body);
    if (!change) return must_be_showable(change.error());
    must(!change->description || payments::characters(*change->description) <= 256, "a description is short");
    if (change->types) must_be_types(*change->types);
    const auto again = api::parse_webhook_endpoint_change(rendered(*change));
    must(again && again->url == change->url && again->description == change->description &&
             again->types == change->types,
         "a change is the same when it is sent again");
}

void check_new(const value& body) {
    const auto endpoint = api::parse_new_webhook_endpoint(body);
    if (!endpoint) return must_be_showable(endpoint.error());
    const auto change = api::parse_webhook_endpoint_change(body);
    must(change && change->url == endpoint->url, "what makes an endpoint may change one");
    must(change->description.value_or("") == endpoint->description, "and says the same of it");
    must(change->types.value_or(std::vector<std::string>()) == endpoint->types, "and asks for the same types");
}

void check_rotation(const value& body) {
    const auto overlap = api::parse_secret_rotation(body);
    if (!overlap) return must_be_showable(overlap.error());
    must(overlap->count() >= 0 && *overlap <= std::chrono::days(7), "an overlap is at most a week");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    return with_json(data, size, check_new, check_change, check_rotation);
}
