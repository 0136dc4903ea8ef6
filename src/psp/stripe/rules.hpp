// What Stripe promises about idempotency and look-up, and which of its refusals mean what. Data; judge() decides.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "psp/psp.hpp"

namespace florin::psp::stripe {

// What differs between accounts.
struct AccountFacts {
    Milliseconds read_lag{};
    std::vector<Milliseconds> refund_looks{};
    // False for a stand-in that forgets errors: Stripe itself stores the first result whatever it is.
    bool stores_errors = true;
};
Rules stripe_rules(AccountFacts account);

// Where the fenced look-up searches for what a call of the kind made.
enum class LookUp : std::uint8_t {
    intents_list,  // GET /v1/payment_intents by time of creation
    refunds_list,  // GET /v1/refunds by time of creation, or by payment where all are of one
    intent,        // GET /v1/payment_intents/<id>: its own marks and metadata
};
LookUp look_up_of(payments::OperationKind kind);

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

// One row of the table of errors whose type is invalid_request_error.
struct RefusalRow {
    int status;
    std::string_view code;   // empty: the error has none
    std::string_view param;  // a trailing * matches the rest; "*" alone any, also none
    RefusalMeaning meaning;
};
std::span<const RefusalRow> refusals();           // of every operation
std::span<const RefusalRow> refusals_by_state();  // looked at first: of captures, voids and refunds

// The members of the error object, empty where absent.
struct ErrorWords {
    std::string_view type;
    std::string_view code;
    std::string_view param;
};

RefusalMeaning meaning_of(payments::OperationKind kind, int status, const ErrorWords& error);

}  // namespace florin::psp::stripe
