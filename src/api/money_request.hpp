// What every request that moves money shares, creations and operations alike: its key, its JSON, and the form of its
// answer. Order of checks: headers, JSON, then the caller's fields; nothing is stored before all of them have passed.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "base/error.hpp"
#include "flow/answer.hpp"
#include "http/server.hpp"

namespace florin::api {

struct MoneyRequest {
    std::string key;  // checked Idempotency-Key
    boost::json::value body;
};

// Whether an empty body is an empty object, because every field has a meaning when it is absent.
enum class Body : std::uint8_t { required, optional };

// The body is in the storage, if one is given.
Checked<MoneyRequest> read_money_request(const http::Request& request, Body body,
                                         boost::json::storage_ptr storage = {});
// A PATCH needs no Idempotency-Key: the same change again changes nothing.
Checked<boost::json::value> read_patch(const http::Request& request);

// The stored bytes as they are, with what the headers say about them.
http::Response response_of(flow::Answer answer);

}  // namespace florin::api
