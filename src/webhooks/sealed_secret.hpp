// Secrets of endpoints as they are stored: the gateway must sign with them, so a hash would not do. A box is
// AES-256-GCM under a key that is derived from the installation's pepper (HKDF-SHA-256, RFC 5869), and opens for the
// endpoint and the number of the secret that it was made for only. A copy of the database alone signs nothing; without
// the pepper every secret is lost and must be rotated.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/secret.hpp"

namespace florin::webhooks {

// A new one of 32 random bytes, in the form that signature.hpp reads.
Secret make_secret();

class Sealer {
public:
    explicit Sealer(const Secret& pepper);

    // The box: one byte for this format (1), 12 random bytes of nonce, the secret encrypted, 16 bytes of tag. The same
    // secret gives another box each time.
    std::string seal(const WebhookEndpointId& endpoint, int number, const Secret& secret) const;
    // Empty when the box was changed, or was made for another endpoint, another number or under another pepper.
    std::optional<Secret> unseal(const WebhookEndpointId& endpoint, int number, std::string_view box) const;

private:
    Secret key_;
};

}  // namespace florin::webhooks
