// The bodies of the admin API, read as strictly as those of payments. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "store/administration.hpp"

namespace florin::api {

struct KeyRequest {
    std::optional<std::string> merchant;  // as sent: what is malformed is answered as what is missing
    std::optional<store::KeyMode> mode;   // test or live
    std::string name;
    store::Scopes scopes = store::kMerchantScopes;
    std::optional<WallTime> expires_at;
};

Checked<KeyRequest> parse_key_request(const boost::json::value& body, WallTime now);
// overlap_seconds; a day when it is absent.
Checked<std::chrono::seconds> parse_rotation(const boost::json::value& body);

Checked<store::Merchant> parse_new_merchant(const boost::json::value& body);
// As RFC 7396 (JSON Merge Patch) has it: what is absent stays, null removes.
Checked<store::MerchantChange> parse_merchant_change(const boost::json::value& body);

}  // namespace florin::api
