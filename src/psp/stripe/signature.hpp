// Who sent a webhook: the header Stripe-Signature.
//
//   Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…][,v0=<hex>]
//
// v1 is the lower-case hexadecimal HMAC-SHA-256 of "<t>.<body>", keyed with the endpoint's whole secret, "whsec_"
// included. The body is the bytes as they came: a parsed and rewritten one has another signature. Several v1 stand
// there while a secret is rolled; other schemes (v0 is of test events) are never believed. Source:
// docs.stripe.com/webhooks
// ("Verify webhook signatures manually") and stripe-python's _webhook.py.
#pragma once

#include <chrono>
#include <expected>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "psp/event_source.hpp"

namespace florin::psp::stripe {

// How far the time that was signed may be from ours, on either side. Stripe's own libraries refuse old ones only; one
// from the future could be kept and sent for as long as it lies ahead.
inline constexpr std::chrono::seconds kSignatureTolerance{300};

// The index of the secret that signed, or why it is nobody: a header without v1 of 64 hexadecimal digits, without a
// time or with several is malformed. Empty secrets never match. Every candidate is compared with every secret in
// constant time, so that the time taken tells nothing of a secret.
std::expected<std::size_t, BadDelivery> verify_signature(std::string_view header, std::string_view body,
                                                         std::span<const Secret> secrets, WallTime now);

}  // namespace florin::psp::stripe
