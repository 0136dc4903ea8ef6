// An endpoint's settings, as people write them on the command line. Everything that reads throws UsageError.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "store/webhook_endpoints.hpp"

namespace florin::cli {

struct EndpointOptions {
    std::string merchant, mode;
    std::optional<std::string> url, description, types;
};

// --url, --types and --description.
void add_settings(CLI::App& command, EndpointOptions& options);

store::NewWebhookEndpoint new_endpoint(const EndpointOptions& options);
store::WebhookEndpointChange change_of(const EndpointOptions& options);
WebhookEndpointId parse_endpoint(const std::string& text);

}  // namespace florin::cli
