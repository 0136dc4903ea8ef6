// Whole HTTP answers of Stripe → Answer. An answer is an object ({"id":"pi_…","object":"payment_intent",…} or a refund)
// with status 200, or an error object (refusal.hpp) with another; what is not exactly that (empty, HTML, half, too
// large, too deep, duplicate members) is unclear. Never throws on hostile input.
#pragma once

#include <boost/json/array.hpp>
#include <expected>
#include <string>

#include "http/client.hpp"
#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

// The longest answer that is read. Metadata are at the most 50 members of 40 + 500 characters
// (docs.stripe.com/metadata), some 30 KiB an object, and a charge repeats those of its intent.
inline constexpr std::size_t kAnswerBytes = 4 * 1024 * 1024;

// Whether Stripe stored it under the key earlier and tells it again (docs.stripe.com/api/idempotent_requests).
bool is_replayed(const http::ClientAnswer& wire);

// The answer to the money call of the operation's kind.
Answer decode_call(const http::ClientAnswer& wire, const Expectation& expected);

// The answer to a call about an existing object: only the object itself says anything. What refuses the call says
// nothing about the payment and is unclear.
Answer decode_object(const http::ClientAnswer& wire, const Expectation& expected);

// The object of an answer with status 200, to be compared with several calls; empty for everything else.
std::optional<boost::json::object> decode_plain_object(const http::ClientAnswer& wire);

// What the HTTP client could not bring back.
Answer decode_failure(const http::ClientFailure& failure);

// One page of a list of intents or refunds, or why it cannot be read. Every item is an object with such an id.
struct Page {
    boost::json::array data;
    bool has_more = false;
    std::string last_id;  // where the next page begins; empty for an empty page
};
std::expected<Page, std::string> decode_page(const http::ClientAnswer& wire, bool refunds = false);

}  // namespace florin::psp::stripe
