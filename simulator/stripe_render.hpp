// Stripe's JSON objects, written by hand: appending to one string is most of what a payment costs here.
#pragma once

#include <string>
#include <string_view>

#include "simulator/stripe_objects.hpp"

namespace florin::simulator {

void render_intent(std::string& out, const Intent& intent, bool expand_charge);
void render_charge(std::string& out, const Intent& intent, std::size_t index);

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
