// Requests as Stripe's v1 API takes them: application/x-www-form-urlencoded bodies, brackets in names as Stripe's own
// libraries send them. Versioned: an attempt is repeated with identical bytes for as long as its key lives, also by a
// later release, so a change of encode_sale is a new encoder version beside the old one (rule 14).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

inline constexpr std::int16_t kEncoderVersion = 1;
inline constexpr std::string_view kApiVersion = "2026-06-24.dahlia";
inline constexpr std::string_view kIntents = "/v1/payment_intents";
inline constexpr int kPageSize = 100;  // the most that Stripe lists at once

// The body of POST /v1/payment_intents for encoder version 1, or the refusal of what Stripe cannot take.
std::expected<std::string, payments::Decline> encode_sale(const SaleCall& call, bool live);

// "pi_" and letters, digits or underscores: safe to stand in a path.
bool is_intent_id(std::string_view text);

// Targets; `reference` is an intent id.
std::string read_target(std::string_view reference);
std::string cancel_target(std::string_view reference);
std::string list_target(WallTime from, WallTime to, std::string_view starting_after);

inline constexpr std::string_view kCancelBody = "cancellation_reason=abandoned&expand[]=latest_charge";

}  // namespace florin::psp::stripe
