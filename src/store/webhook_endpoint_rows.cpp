#include "store/webhook_endpoint_rows.hpp"

#include <boost/json/array.hpp>

namespace florin::store {
namespace {

using boost::json::object;
using boost::json::value;

// Types hold no comma.
std::vector<std::string> types_of(std::string_view joined) {
    std::vector<std::string> types;
    while (!joined.empty()) {
        const auto one = joined.substr(0, joined.find(','));
        types.emplace_back(one);
        joined.remove_prefix(std::min(one.size() + 1, joined.size()));
    }
    return types;
}

value time_or_null(const std::optional<WallTime>& time) {
    return time ? value(format_time(*time)) : value();
}

boost::json::array array_of(const std::vector<std::string>& types) {
    return boost::json::array(types.begin(), types.end());
}

object settings(const std::string& url, const std::string& description, const std::vector<std::string>& types) {
    return {{"url", url}, {"description", description}, {"types", array_of(types)}};
}

}  // namespace

WebhookEndpointRow webhook_endpoint_of(const postgres::Row& row) {
    WebhookEndpointRow endpoint{.id = WebhookEndpointId(row.uuid(0)),
                                .merchant = MerchantId(row.uuid(1)),
                                .live = row.boolean(2),
                                .url = std::string(row.text(3)),
                                .description = std::string(row.text(4)),
                                .types = types_of(row.text(5)),
                                .status = std::string(row.text(6)),
                                .reason = row.optional_text(7),
                                .failing_since = row.optional_time(8),
                                .secret_number = std::nullopt,
                                .secret_created_at = row.optional_time(10),
                                .previous_secret_expires_at = row.optional_time(11),
                                .version = row.int4(12),
                                .created_at = row.time(13),
                                .updated_at = row.time(14)};
    if (!row.is_null(9)) endpoint.secret_number = row.int2(9);
    return endpoint;
}

object to_json(const WebhookEndpointRow& row) {
    return {{"id", to_string(row.id)},
            {"merchant_id", to_string(row.merchant)},
            {"live", row.live},
            {"url", row.url},
            {"description", row.description},
            {"types", array_of(row.types)},
            {"status", row.status},
            {"disabled_reason", row.reason ? value(*row.reason) : value()},
            {"failing_since", time_or_null(row.failing_since)},
            {"secret_created_at", time_or_null(row.secret_created_at)},
            {"previous_secret_expires_at", time_or_null(row.previous_secret_expires_at)},
            {"created_at", format_time(row.created_at)},
            {"updated_at", format_time(row.updated_at)}};
}

object settings_of(const NewWebhookEndpoint& endpoint) {
    return settings(endpoint.url, endpoint.description, endpoint.types);
}

object difference_of(const WebhookEndpointRow& before, const WebhookEndpointRow& after) {
    object changes;
    const auto from = settings(before.url, before.description, before.types);
    for (const auto& [name, to] : settings(after.url, after.description, after.types)) {
        if (from.at(name) != to) changes[name] = {{"from", from.at(name)}, {"to", to}};
    }
    return changes;
}

}  // namespace florin::store
