// Stripe's decline and error codes, normalised to Florin's taxonomy. Source: docs.stripe.com/declines/codes; the split
// into hard and soft is ours (Stripe publishes none) and agrees with the card networks' advice.
#pragma once

#include <string_view>

#include "payments/outcome.hpp"

namespace florin::psp::stripe {

// The decline of a card error. `decline_code` is looked up first, then `code`; what neither names is a soft
// card_declined. `advice_code` overrides the class, because it comes from the issuer. Lost, stolen and suspected fraud
// become a plain card_declined: what the merchant shows must not tell a thief why.
payments::Decline decline_of(std::string_view code, std::string_view decline_code, std::string_view advice_code);

// A refusal of the request's own content (422), with the sentence for its normalised code.
payments::Decline content_refusal(std::string_view normalised_code);

// A capture, void or refund that the payment's state at the PSP does not allow (422), likewise.
payments::Decline state_refusal(std::string_view normalised_code);

// A refund that failed or was canceled, at once or later. That a card was lost or stolen is told to nobody.
payments::Decline refund_decline(std::string_view failure_reason);

// What a cancelled PaymentIntent means for the merchant who wanted it paid or held; `was_held`: the issuer had
// approved.
payments::Decline canceled_decline(std::string_view cancellation_reason, bool was_held);

// True when Stripe ended a hold because its time had passed.
bool is_expiry(std::string_view cancellation_reason);

}  // namespace florin::psp::stripe
