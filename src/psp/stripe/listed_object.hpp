// An object of Stripe's lists → what it says of money, in minor units and under our own ids. It is compared with the
// books, so that nothing of it is believed or disbelieved here: what cannot be read says so.
#pragma once

#include <boost/json/object.hpp>

#include "psp/listed.hpp"

namespace florin::psp::stripe {

// A PaymentIntent without expansions.
Listed listed_intent(const boost::json::object& intent);
Listed listed_refund(const boost::json::object& refund);

}  // namespace florin::psp::stripe
