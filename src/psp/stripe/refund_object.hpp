// A Refund object, as a bare answer or in a list: {"id":"re_…","object":"refund","amount","currency","payment_intent",
// "status","failure_reason","metadata"}. It has no livemode. Believed only when it names our payment, operation and
// attempt, the intent and the amount.
#pragma once

#include "psp/stripe/intent.hpp"

namespace florin::psp::stripe {

Answer answer_of_refund(const boost::json::object& refund, const Expectation& expected);

// True when the payment's intent agrees and its charge certainly has less left than the refund asks for.
bool leaves_less_than_asked(const boost::json::object& intent, const Expectation& expected);

}  // namespace florin::psp::stripe
