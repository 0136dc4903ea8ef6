// The bodies of /api/v1/webhook_endpoints, read as strictly as those of payments. Pure: whether a URL may be called is
// asked afterwards.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>

#include "store/webhook_endpoints.hpp"

namespace florin::api {

// Merchant and mode are the key's.
Checked<store::NewWebhookEndpoint> parse_new_webhook_endpoint(const boost::json::value& body);
// As RFC 7396 (JSON Merge Patch) has it: what is absent stays, null removes.
Checked<store::WebhookEndpointChange> parse_webhook_endpoint_change(const boost::json::value& body);
// overlap_seconds; a day when it is absent.
Checked<std::chrono::seconds> parse_secret_rotation(const boost::json::value& body);

}  // namespace florin::api
