// What Stripe promises about idempotency and look-up, and which of its refusals mean what. Data; judge() decides.
#pragma once

#include <cstdint>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

Rules stripe_rules(Milliseconds read_lag);

enum class Refusal : std::uint8_t {
    credentials,  // refused before execution, and somebody has to repair the key
    rate,         // refused before execution
    content,      // the request's own content
    unclear,      // everything else
};

struct RefusalMeaning {
    Refusal refusal = Refusal::unclear;
    std::string_view normalised{};  // with content: our code
};

// The members of the error object, empty where absent.
struct ErrorWords {
    std::string_view type;
    std::string_view code;
    std::string_view param;
};

RefusalMeaning meaning_of(int status, const ErrorWords& error);

}  // namespace florin::psp::stripe
