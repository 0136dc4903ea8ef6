// The six outcomes of an attempt and the taxonomy of declines. Every PSP's answers are normalised to these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace florin::payments {

enum class Outcome : std::uint8_t {
    approved,         // the money state is known
    declined,         // the issuer or PSP said no
    action_required,  // the payer must act
    accepted,         // the PSP works on it
    not_executed,     // proof that nothing happened and nothing can
    unknown,          // anything else; never guessed away
};
std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);
// approved, declined and not_executed close an attempt and write its result; the others keep it open.
constexpr bool closes_attempt(Outcome outcome) {
    return outcome == Outcome::approved || outcome == Outcome::declined || outcome == Outcome::not_executed;
}

enum class DeclineClass : std::uint8_t {
    hard,                  // never retry this card
    soft,                  // may be retried later
    needs_data,            // retry only after the payer has corrected the data
    needs_authentication,  // retry with 3-D Secure
    invalid_request,       // the PSP refused the request's own content (unknown token, amount too small): 422, not 402
};
std::string_view to_string(DeclineClass decline);

struct Decline {
    DeclineClass type = DeclineClass::soft;
    std::string code;  // normalised, shown as failure_code: insufficient_funds, card_declined, authentication_failed, …
    std::string reason;  // a sentence for the merchant; never lost/stolen/fraud detail for the payer to read
};

}  // namespace florin::payments
