// Money as Stripe's API counts it. Stripe's minor units are not always those of ISO 4217.
// Source: docs.stripe.com/currencies ("Zero-decimal", "Three-decimal", "Special cases").
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "base/money.hpp"
#include "payments/outcome.hpp"

namespace florin::psp::stripe {

// Stripe's word for a currency, "usd"; empty when it is none that Florin knows.
std::optional<Currency> parse_currency(std::string_view word);

// The integer for `amount`, 1…99,999,999, or why Stripe cannot charge it: a refusal of the request's own content, made
// before anything is sent.
std::expected<std::int64_t, payments::Decline> stripe_amount(Money money);

// The minor units of ISO 4217 behind one of Stripe's integers; empty when it is no whole number of them.
std::optional<std::int64_t> minor_units(std::int64_t stripe_amount, Currency currency);

// The same backwards: what Stripe's integer and its word for the currency ("usd") stand for. Empty when it is no amount
// that Florin could have sent.
std::optional<Money> money_of(std::int64_t stripe_amount, std::string_view currency);

}  // namespace florin::psp::stripe
