// The sentences that tell a merchant why an operation is not allowed, what is awaited and what is allowed now. Amounts
// are minor units, as in the API.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "payments/payment.hpp"

namespace florin::payments {

// 409 with what is open: "Still open: captures of 4000, refunds of 100 (minor units of EUR). …"
Refusal awaited(const Payment& payment);
// "Allowed now: capture of up to 4000, void, refund of up to 6000 (minor units of EUR)."
std::string allowed_now(const Payment& payment);
// "At most 4000 minor units of EUR can be captured."
std::string at_most(const Payment& payment, std::string_view verb, std::int64_t most);
std::string_view why_nothing_is_held(const Payment& payment);
std::string_view why_nothing_can_be_refunded(const Payment& payment);
Refusal other_currency(const Payment& payment);

}  // namespace florin::payments
