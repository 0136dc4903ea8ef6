// The signature of a webhook, after Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA-256 over
// "{id}.{timestamp}.{body}", shown as "v1," and base64. A receiver that knows one of the secrets takes it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace florin::webhooks {

// "whsec_" and the base64 of 24 to 64 bytes.
bool is_secret(std::string_view text);

// The value of `webhook-signature`: one signature for each secret, a space between them. While a secret is being
// rotated there are two. The secrets must be ones (is_secret); the id has no dot, or it could pass for another id and
// timestamp.
std::string sign(std::span<const Secret> secrets, std::string_view id, std::int64_t timestamp, std::string_view body);

}  // namespace florin::webhooks
