// Requests as Stripe's v1 API takes them. Versioned: an attempt is repeated with identical bytes for as long as its key
// lives, also by a later release, so a change of a body is a new encoder version beside the old one (rule 14).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

inline constexpr std::int16_t kEncoderVersion = 1;
inline constexpr std::string_view kApiVersion = "2026-06-24.dahlia";
inline constexpr std::string_view kIntents = "/v1/payment_intents";
inline constexpr std::string_view kRefunds = "/v1/refunds";
// Stripe lists up to 100 at once. An intent comes with its charge, so that a page is about as long as one of 100
// refunds and stays below kAnswerBytes also where every object has all the metadata that Stripe takes.
inline constexpr int kIntentsOfPage = 50;
inline constexpr int kRefundsOfPage = 100;
inline constexpr int kPlainIntentsOfPage = 100;  // an intent alone is about as long as a refund

// A body for encoder version 1, or the refusal of what Stripe cannot take.
using Body = std::expected<std::string, payments::Decline>;

// POST /v1/payment_intents: sale and authorize.
Body encode_creation(const Call& call, bool live);
// POST /v1/payment_intents/pi_…/capture. Stripe merges metadata into the intent's, so that the intent names every
// capture that succeeded: "<operation id>" = "<attempt>:<amount in Stripe's units>". An intent holds 50 members, three
// of them its creation's, so 47 captures.
Body encode_capture(const Call& call);
// POST /v1/payment_intents/pi_…/cancel: void, expire and what the payer abandoned. Stripe has no word for expired.
std::string encode_cancel(payments::OperationKind kind);
// POST /v1/refunds.
Body encode_refund(const Call& call);

// "1:600", the value under the operation's id.
std::string capture_mark(std::int16_t attempt, std::int64_t stripe_amount);

// "pi_" or "re_" and letters, digits or underscores: safe to stand in a path.
bool is_intent_id(std::string_view text);
bool is_refund_id(std::string_view text);

// Targets; `intent` and `refund` are such ids.
std::string read_target(std::string_view intent);
std::string capture_target(std::string_view intent);
std::string cancel_target(std::string_view intent);
std::string read_refund_target(std::string_view refund);
// First pages of lists: what was created in [from, to], intents with their charges (expansions of a list begin with
// "data", docs.stripe.com/api/expanding_objects), and the refunds of one payment.
std::string list_intents_target(WallTime from, WallTime to);
std::string list_plain_intents_target(WallTime from, WallTime to);  // without their charges
std::string list_refunds_target(WallTime from, WallTime to);
std::string refunds_of_target(std::string_view intent);
std::string next_page(std::string_view first_page, std::string_view starting_after);

}  // namespace florin::psp::stripe
