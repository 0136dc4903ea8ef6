// Money as Stripe's API counts it. Stripe's minor units are not always those of ISO 4217.
// Source: docs.stripe.com/currencies ("Zero-decimal", "Three-decimal", "Special cases").
#pragma once

#include <cstdint>
#include <expected>

#include "base/money.hpp"
#include "payments/outcome.hpp"

namespace florin::psp::stripe {

// The integer for `amount`, 1…99,999,999, or why Stripe cannot charge it: a refusal of the request's own content, made
// before anything is sent.
std::expected<std::int64_t, payments::Decline> stripe_amount(Money money);

}  // namespace florin::psp::stripe
