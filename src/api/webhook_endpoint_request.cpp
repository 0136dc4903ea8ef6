#include "api/webhook_endpoint_request.hpp"

#include <array>

#include "api/admin_fields.hpp"
#include "payments/fields.hpp"
#include "webhooks/event_types.hpp"

namespace florin::api {
namespace {

using boost::json::object;
using boost::json::value;
using payments::Fault;
using payments::invalid;

constexpr auto kFields = std::to_array<std::string_view>({"url", "description", "types"});
constexpr auto kUrl = std::to_array<std::string_view>({"url"});

constexpr std::size_t kLongestDescription = 256;
constexpr std::chrono::days kLongestOverlap{7};

Fault read_url(const object& body, store::WebhookEndpointChange& change) {
    const auto* member = body.if_contains("url");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (text == nullptr) return invalid("url", "url must be a string, such as https://shop.example/florin.");
    change.url = std::string(*text);
    return std::nullopt;
}

Fault read_description(const object& body, store::WebhookEndpointChange& change) {
    const auto* member = body.if_contains("description");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (!member->is_null() && (text == nullptr || payments::characters(*text) > kLongestDescription))
        return invalid("description", "description must be a string of at most 256 characters, or null.");
    change.description = text ? std::string(*text) : std::string();
    return std::nullopt;
}

Fault read_types(const object& body, store::WebhookEndpointChange& change) {
    const auto* member = body.if_contains("types");
    if (member == nullptr) return std::nullopt;
    auto types = member->is_null() ? std::vector<std::string>() : read_words(*member);
    if (!types)
        return invalid("types",
                       "types must be an array of types of events; empty, null or left out it is all of them.");
    auto parsed = webhooks::parse_event_types(std::move(*types));
    if (!parsed) return std::move(parsed.error());
    change.types = std::move(*parsed);
    return std::nullopt;
}

Fault read_settings(const object& body, store::WebhookEndpointChange& change) {
    auto fault = read_url(body, change);
    if (!fault) fault = read_description(body, change);
    if (!fault) fault = read_types(body, change);
    return fault;
}

Checked<store::WebhookEndpointChange> parse(const value& body, std::span<const std::string_view> required) {
    const auto fields = read_object(body);
    if (!fields) return std::unexpected(fields.error());
    store::WebhookEndpointChange change;
    Fault fault = payments::fault_of_names(**fields, kFields, required);
    if (!fault) fault = read_settings(**fields, change);
    if (fault) return std::unexpected(std::move(*fault));
    return change;
}

}  // namespace

Checked<store::NewWebhookEndpoint> parse_new_webhook_endpoint(const value& body) {
    auto settings = parse(body, kUrl);
    if (!settings) return std::unexpected(std::move(settings.error()));
    store::NewWebhookEndpoint endpoint{.merchant = {}, .url = std::move(*settings->url)};
    if (settings->description) endpoint.description = std::move(*settings->description);
    if (settings->types) endpoint.types = std::move(*settings->types);
    return endpoint;
}

Checked<store::WebhookEndpointChange> parse_webhook_endpoint_change(const value& body) {
    return parse(body, {});
}

Checked<std::chrono::seconds> parse_secret_rotation(const value& body) {
    return parse_overlap(body, kLongestOverlap);
}

}  // namespace florin::api
