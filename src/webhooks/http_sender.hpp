// The sender of a serving process: over HTTP, to public addresses only (http/public_client.hpp).
#pragma once

#include <memory>

#include "http/public_client.hpp"
#include "webhooks/message.hpp"
#include "webhooks/target.hpp"

namespace florin::webhooks {

// Loopback, where the rules allow it, is for endpoints of test mode. What the client needs outlives every send.
Sender http_sender(std::shared_ptr<http::PublicClient> client, TargetRules rules, const Clock& clock);

}  // namespace florin::webhooks
