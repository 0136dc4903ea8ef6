// The headers that a request must bring, checked before its body is looked at. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "http/server.hpp"

namespace florin::api {

// The key of "Authorization: Bearer <key>", which must stand exactly once; keys in a URL are never looked at.
Checked<std::string> bearer_key(const http::Request& request);
// Exactly one Idempotency-Key of 1 to 255 visible ASCII characters; never cut, trimmed or folded into another one.
Checked<std::string> idempotency_key(const http::Request& request);
// application/json, with charset=utf-8 if any charset.
std::optional<Refusal> fault_of_content_type(const http::Request& request);

}  // namespace florin::api
