#include "cli/webhook_endpoint_options.hpp"

#include "base/json.hpp"
#include "cli/administration.hpp"
#include "payments/fields.hpp"
#include "webhooks/event_types.hpp"

namespace florin::cli {
namespace {

constexpr std::size_t kLongestDescription = 256;

std::vector<std::string> parse_types(std::string_view text) {
    std::vector<std::string> words;
    while (text != "all" && !text.empty()) {
        const auto word = text.substr(0, text.find(','));
        words.emplace_back(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    auto types = webhooks::parse_event_types(std::move(words));
    if (!types) throw UsageError("--" + types.error().detail);
    return std::move(*types);
}

std::string parse_description(std::string text) {
    if (json::is_utf8(text) && payments::characters(text) <= kLongestDescription) return text;
    throw UsageError("--description must have at most 256 characters");
}

}  // namespace

void add_settings(CLI::App& command, EndpointOptions& options) {
    command.add_option("--url", options.url, "Where webhooks are sent: https://, a public host, a path");
    command.add_option("--types", options.types, "Which events: types separated by commas, or all");
    command.add_option("--description", options.description, "What the endpoint is for");
}

store::WebhookEndpointChange change_of(const EndpointOptions& options) {
    store::WebhookEndpointChange change{.url = options.url};
    if (options.description) change.description = parse_description(*options.description);
    if (options.types) change.types = parse_types(*options.types);
    return change;
}

store::NewWebhookEndpoint new_endpoint(const EndpointOptions& options) {
    auto settings = change_of(options);
    return {.merchant = parse_merchant(options.merchant),
            .live = options.mode == "live",
            .url = settings.url.value_or(""),
            .description = settings.description.value_or(""),
            .types = settings.types.value_or(std::vector<std::string>())};
}

WebhookEndpointId parse_endpoint(const std::string& text) {
    if (const auto id = WebhookEndpointId::parse(text)) return *id;
    throw UsageError(
        "an endpoint's id looks like we_01890000-0000-7000-8000-000000000000: `florin webhooks endpoints list` shows "
        "them");
}

}  // namespace florin::cli
