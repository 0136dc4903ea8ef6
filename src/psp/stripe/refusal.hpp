// Stripe's error object {"error":{"type","code","decline_code","advice_code","param","payment_intent":{…}}} → Answer.
// A decline counts only with the object it belongs to, a refusal only with a code that the table in rules.cpp lists.
#pragma once

#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

// The answer with `status`, which is not 200, and this body. What is no 4xx with an error object is unclear.
Answer decode_error(int status, const boost::json::object& body, const Expectation& expected);

}  // namespace florin::psp::stripe
