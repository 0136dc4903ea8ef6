// Where an endpoint's webhooks go: a merchant's URL, parsed once into a type. Hostile until then: it may name our own
// machines. A name is checked here by its form only; what it resolves to is checked at each connection
// (http/public_client.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace florin::webhooks {

struct TargetRules {
    bool allow_loopback =
        false;  // localhost, 127.… and [::1], by http too and at any port: for tests, never in live mode
    std::vector<std::uint16_t> ports{443};
};

struct Target {
    bool tls = true;
    std::string host;  // lower case; a name, or an address without brackets
    std::uint16_t port = 443;
    std::string path_and_query;  // begins with '/'
    std::string url;             // as it was written
    bool is_loopback = false;    // by its host's spelling; only where the rules allow it
    bool operator==(const Target&) const = default;
};

inline constexpr std::size_t kUrlBytes = 2048;

// A refusal points at /url and never repeats what was written. Addresses are taken in their plain form only: what
// getaddrinfo would also read as one (octal, hexadecimal, one number, fewer parts) is refused, as are names without a
// dot and names that only exist inside of networks.
Checked<Target> parse_target(std::string_view url, const TargetRules& rules);

}  // namespace florin::webhooks
