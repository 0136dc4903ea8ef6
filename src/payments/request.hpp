// A create request as parsed and checked, its canonical fingerprint, and the comparison that names the field in which a
// repeat differs from what is stored.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "payments/card_number.hpp"
#include "payments/operation.hpp"

namespace florin::payments {

struct CreateRequest {
    Money amount{0, kUsd};
    std::string payment_method;
    bool capture = true;
    bool multiple_captures = false;  // only with capture = false
    std::optional<std::string> description;
    Metadata metadata;
    std::optional<std::string> return_url;
};

// Checks every field; unknown ones are refused. `live` decides about test-only payment methods.
Checked<CreateRequest> parse_create_request(const boost::json::value& body, bool live);

// SHA-256 over the path and the canonical JSON of the request with defaults filled in, so that key order, white space
// and a default spelled out make no difference.
Digest fingerprint(std::string_view path, const CreateRequest& request);

// The first field (JSON pointer) in which the request differs from the stored payment and its creation's parameters;
// empty when none does.
std::string differing_field(const CreateRequest& request, const Payment& stored, const Parameters& parameters);

}  // namespace florin::payments
