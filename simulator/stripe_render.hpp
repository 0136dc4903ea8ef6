// Stripe's JSON objects, written by hand: appending to one string is most of what a payment costs here.
#pragma once

#include <string>
#include <string_view>

#include "simulator/stripe_objects.hpp"
#include "simulator/stripe_parameters.hpp"

namespace florin::simulator {

void render_intent(std::string& out, const Intent& intent, Expansions expand);
void render_charge(std::string& out, const Intent& intent, std::size_t index, Expansions expand);
void render_refund(std::string& out, const Intent& intent, std::size_t index, Expansions expand);

// What a stored answer shows: the intent, or one of its refunds.
inline constexpr std::int16_t kNoRefund = -1;
void render_object(std::string& out, const Intent& intent, std::int16_t refund, Expansions expand);

// Error bodies. Empty members are left out, as Stripe does.
struct ErrorBody {
    std::string_view type = "invalid_request_error";
    std::string_view code = {};
    std::string_view message = {};
    std::string_view param = {};
    const Intent* intent = nullptr;  // error.payment_intent
};
void render_error(std::string& out, const ErrorBody& error);
// 402: what the issuer said, with the intent that was declined.
void render_decline(std::string& out, const Intent& intent, std::size_t decline);

}  // namespace florin::simulator
