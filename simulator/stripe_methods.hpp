// Stripe's test data: what each pm_… and tok_… name does, and what each decline says.
// Source: docs.stripe.com/testing and docs.stripe.com/declines/codes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "simulator/stripe_objects.hpp"

namespace florin::simulator {

enum class Behaviour : std::uint8_t {
    succeeds,
    declines,
    needs_challenge,         // 3-D Secure, then succeeds
    challenge_then_decline,  // 3-D Secure, then the issuer says no
};

// What becomes of a refund: most succeed at once; two test cards change their mind later.
enum class RefundBehaviour : std::uint8_t { succeeds, pending_then_succeeds, succeeds_then_fails };

struct Decline {
    std::string_view code;
    std::string_view decline_code;
    std::string_view advice_code;           // may be empty
    std::string_view network_decline_code;  // may be empty
    std::string_view param;                 // may be empty
    std::string_view message;
};

struct Method {
    std::string_view name;  // behind pm_card_ or tok_
    std::string_view brand;
    std::string_view last4;
    std::string_view funding;
    Behaviour behaviour;
    std::uint8_t decline;  // index of declines(), where it declines
    RefundBehaviour refunds = RefundBehaviour::succeeds;
};

std::span<const Method> methods();
std::span<const Decline> declines();

// By the name a client sends: pm_card_visa, tok_visa. The visa_ before chargeDeclined… may be left out, as Stripe has
// both spellings. Returns the index, or -1.
int find_method(std::string_view name);
int find_decline(std::string_view decline_code);

// How long the scheme holds an authorization; a payer who is absent gets less from Visa.
std::int64_t authorization_days(const Method& method, bool off_session);
// Several captures were asked for and the scheme of the charged card has them.
bool has_multicapture(const Intent& intent, const Charge& charge);

inline constexpr std::uint8_t kGenericDecline = 0;
inline constexpr std::uint8_t kAuthenticationRequired = 1;
inline constexpr std::uint8_t kAuthenticationFailed = 2;

}  // namespace florin::simulator
