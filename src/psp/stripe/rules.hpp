// What Stripe promises about idempotency and look-up, and which of its refusals mean what. Data; judge() decides.
#pragma once

#include <cstdint>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

Rules stripe_rules(Milliseconds read_lag, std::vector<Milliseconds> refund_looks);

// How long an authorization of a customer's own online payment stands, by the brand as Stripe writes it ("visa"), for
// charges that do not say it (capture_before). The shortest that any brand has where it is not known.
std::chrono::seconds authorization_window(std::string_view brand);

enum class Refusal : std::uint8_t {
    credentials,  // refused before execution, and somebody has to repair the key
    rate,         // refused before execution
    content,      // the request's own content
    state,        // what the payment has become: of captures, voids and refunds (rule 21)
    unclear,      // everything else
};

struct RefusalMeaning {
    Refusal refusal = Refusal::unclear;
    std::string_view normalised{};  // with content and state: our code
};

// The members of the error object, empty where absent.
struct ErrorWords {
    std::string_view type;
    std::string_view code;
    std::string_view param;
};

RefusalMeaning meaning_of(payments::OperationKind kind, int status, const ErrorWords& error);

}  // namespace florin::psp::stripe
