// Webhook endpoints as the statements return them, as JSON (one form for the API and the commands), and what the audit
// log says of them. Never a secret.
#pragma once

#include <boost/json/object.hpp>

#include "postgres/rows.hpp"
#include "store/webhook_endpoints.hpp"

namespace florin::store {

WebhookEndpointRow webhook_endpoint_of(const postgres::Row& row);

boost::json::object to_json(const WebhookEndpointRow& row);

// {"url":…,"description":…,"types":[…]}, and of a change {"url":{"from":…,"to":…}}, nothing for none.
boost::json::object settings_of(const NewWebhookEndpoint& endpoint);
boost::json::object difference_of(const WebhookEndpointRow& before, const WebhookEndpointRow& after);

}  // namespace florin::store
