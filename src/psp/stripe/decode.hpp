// Whole HTTP answers of Stripe → Answer. An answer is {"id":"pi_…","object":"payment_intent",…} with status 200, or
// {"error":{"type","code","decline_code","advice_code","param","payment_intent":{…}}} with another; what is not exactly
// that (empty, HTML, half, too large, too deep, duplicate members) is unclear. Never throws on hostile input.
#pragma once

#include <boost/json/array.hpp>
#include <expected>
#include <string>

#include "http/client.hpp"
#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

// The answer to POST /v1/payment_intents.
Answer decode_sale(const http::ClientAnswer& wire, const Expectation& expected);

// The answer to a call about an existing object: only the object itself says anything. What refuses the call says
// nothing about the payment and is unclear.
Answer decode_object(const http::ClientAnswer& wire, const Expectation& expected);

// What the HTTP client could not bring back.
Answer decode_failure(const http::ClientFailure& failure);

// One page of a list, or why it cannot be read.
struct Page {
    boost::json::array data;
    bool has_more = false;
    std::string last_id;  // where the next page begins; empty for an empty page
};
std::expected<Page, std::string> decode_page(const http::ClientAnswer& wire);

}  // namespace florin::psp::stripe
