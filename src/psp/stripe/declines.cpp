#include "psp/stripe/declines.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace florin::psp::stripe {
namespace {

using payments::Decline;
using payments::DeclineClass;
using enum payments::DeclineClass;

struct Row {
    std::string_view stripe;  // decline_code, or code where there is none
    DeclineClass type;
    std::string_view code;  // ours
};

constexpr auto kRows = std::to_array<Row>({
    // May be retried later. Codes that leave it open (do_not_honor, generic_decline, …) are soft too: limited retries.
    {"insufficient_funds", soft, "insufficient_funds"},
    {"withdrawal_count_limit_exceeded", soft, "limit_exceeded"},
    {"card_velocity_exceeded", soft, "limit_exceeded"},
    {"card_decline_rate_limit_exceeded", soft, "limit_exceeded"},
    {"try_again_later", soft, "processing_error"},
    {"issuer_not_available", soft, "issuer_unavailable"},
    {"processing_error", soft, "processing_error"},
    {"reenter_transaction", soft, "processing_error"},
    {"approve_with_id", soft, "card_declined"},
    {"do_not_honor", soft, "card_declined"},
    {"generic_decline", soft, "card_declined"},
    {"card_declined", soft, "card_declined"},
    {"no_action_taken", soft, "card_declined"},
    {"call_issuer", soft, "card_declined"},
    {"service_not_allowed", soft, "card_declined"},
    {"not_permitted", soft, "card_declined"},
    {"transaction_not_allowed", soft, "card_declined"},
    // Authenticate, then submit again.
    {"authentication_required", needs_authentication, "authentication_required"},
    {"authentication_not_handled", needs_authentication, "authentication_required"},
    {"mobile_device_authentication_required", needs_authentication, "authentication_required"},
    {"payment_intent_authentication_failure", needs_authentication, "authentication_failed"},
    // The same card only after the payer has changed its data.
    {"incorrect_cvc", needs_data, "incorrect_cvc"},
    {"invalid_cvc", needs_data, "incorrect_cvc"},
    {"incorrect_number", needs_data, "incorrect_number"},
    {"invalid_number", needs_data, "incorrect_number"},
    {"incorrect_zip", needs_data, "incorrect_address"},
    {"incorrect_address", needs_data, "incorrect_address"},
    {"incorrect_pin", needs_data, "incorrect_pin"},
    {"invalid_pin", needs_data, "incorrect_pin"},
    {"invalid_expiry_month", needs_data, "invalid_expiry"},
    {"invalid_expiry_year", needs_data, "invalid_expiry"},
    {"expired_card", needs_data, "expired_card"},
    {"currency_not_supported", needs_data, "currency_not_supported"},
    {"card_not_supported", needs_data, "card_not_supported"},
    {"invalid_amount", needs_data, "invalid_amount"},
    {"new_account_information_available", needs_data, "card_data_changed"},
    {"offline_pin_required", needs_data, "pin_required"},
    {"online_or_offline_pin_required", needs_data, "pin_required"},
    {"pin_try_exceeded", needs_data, "pin_tries_exceeded"},
    // Never again.
    {"lost_card", hard, "card_declined"},
    {"stolen_card", hard, "card_declined"},
    {"pickup_card", hard, "card_declined"},
    {"restricted_card", hard, "card_declined"},
    {"fraudulent", hard, "card_declined"},
    {"merchant_blacklist", hard, "card_declined"},
    {"security_violation", hard, "card_declined"},
    {"highest_risk_level", hard, "card_declined"},
    {"do_not_try_again", hard, "card_declined"},
    {"invalid_account", hard, "invalid_account"},
    {"revocation_of_authorization", hard, "authorization_revoked"},
    {"revocation_of_all_authorizations", hard, "authorization_revoked"},
    {"stop_payment_order", hard, "authorization_revoked"},
    {"duplicate_transaction", hard, "duplicate_transaction"},
    {"testmode_decline", hard, "test_card_refused"},
});

constexpr Row kUnlisted{"", soft, "card_declined"};

struct Text {
    std::string_view code;
    std::string_view sentence;
};

constexpr auto kTexts = std::to_array<Text>({
    {"card_declined", "The card was declined."},
    {"insufficient_funds", "The card's account does not hold enough."},
    {"limit_exceeded", "A limit on how often or how much the card may be used was reached."},
    {"processing_error", "The card network could not process the payment."},
    {"issuer_unavailable", "The card's issuer could not be reached."},
    {"authentication_required", "The issuer asks the payer to authenticate."},
    {"authentication_failed", "The payer did not authenticate."},
    {"incorrect_cvc", "The card's security code is wrong."},
    {"incorrect_number", "The card number is wrong."},
    {"incorrect_address", "The address or postal code does not match the card."},
    {"incorrect_pin", "The PIN is wrong."},
    {"invalid_expiry", "The card's expiry date is wrong."},
    {"expired_card", "The card has expired."},
    {"currency_not_supported", "The currency is not supported."},
    {"card_not_supported", "The card does not support this kind of payment."},
    {"invalid_amount", "The amount is not one that can be charged."},
    {"card_data_changed", "The card's data have changed."},
    {"pin_required", "The card asks for a PIN."},
    {"pin_tries_exceeded", "The PIN was wrong too often."},
    {"invalid_account", "The card's account is invalid."},
    {"authorization_revoked", "The payer has revoked the permission to charge this card."},
    {"duplicate_transaction", "A payment of the same amount with the same card was made a moment ago."},
    {"test_card_refused", "A test card was used in live mode."},
    {"amount_too_small", "The amount is below the smallest that the PSP charges in this currency."},
    {"amount_too_large", "The amount is above the largest that the PSP charges in this currency."},
    {"invalid_payment_method", "The PSP does not know this payment method in this mode."},
    {"invalid_return_url", "The PSP refuses this return_url."},
    {"invalid_request", "The PSP refuses a parameter of this payment."},
});

// Of captures, voids and refunds; the first also for what is not listed.
constexpr auto kStateTexts = std::to_array<Text>({
    {"operation_refused", "The payment's state at the PSP does not allow this operation."},
    {"already_captured", "The PSP has captured this payment already, and holds nothing more of it."},
    {"already_voided", "The PSP has released this authorization already. Nothing can be captured of it any more."},
    {"already_refunded", "The PSP has refunded all of this payment already."},
    {"authorization_expired", "The authorization has expired at the PSP. Create a new payment."},
    {"amount_not_available", "The amount is more than the PSP still has of this payment."},
    {"payment_disputed", "The payer disputes this payment, and the PSP does not refund it meanwhile."},
    {"not_refundable", "The PSP does not refund this payment."},
    {"psp_balance_insufficient", "The balance at the PSP does not cover the refund. Top it up and refund again."},
});

constexpr auto kRefundFailures = std::to_array<Text>({
    {"unknown", "The refund failed: the payer's bank did not take it."},
    {"expired_or_canceled_card", "The refund failed: the card has expired or was canceled."},
    {"charge_for_pending_refund_disputed", "The refund failed: the payer disputes the payment."},
    {"insufficient_funds", "The refund failed: the balance at the PSP does not cover it."},
    {"merchant_request", "The refund was canceled at the merchant's request."},
});

template <std::size_t N>
std::string sentence_of(const std::array<Text, N>& texts, std::string_view code) {
    const auto* text = std::ranges::find(texts, code, &Text::code);
    return std::string(text == texts.end() ? texts.front().sentence : text->sentence);
}

std::string_view advice_for(DeclineClass type) {
    switch (type) {
        case hard:
            return " Do not try this card again; ask the payer for another payment method.";
        case soft:
            return " Another try later may succeed, or ask the payer for another payment method.";
        case needs_data:
            return " Ask the payer to correct the card's data or to use another payment method.";
        case needs_authentication:
            return " Try again with the payer present, so that they can authenticate (3-D Secure).";
        case invalid_request:
            return " Nothing was charged. Correct the request and send it with a new key.";
    }
    return "";
}

Decline worded(DeclineClass type, std::string_view code) {
    auto reason = sentence_of(kTexts, code);
    reason += advice_for(type);
    return {type, std::string(code), std::move(reason)};
}

const Row* find_row(std::string_view stripe_code) {
    const auto* row = std::ranges::find(kRows, stripe_code, &Row::stripe);
    return row == kRows.end() ? nullptr : row;
}

std::optional<DeclineClass> advised(std::string_view advice_code) {
    if (advice_code == "try_again_later") return soft;
    if (advice_code == "do_not_try_again") return hard;
    if (advice_code == "confirm_card_data") return needs_data;
    return std::nullopt;
}

}  // namespace

Decline decline_of(std::string_view code, std::string_view decline_code, std::string_view advice_code) {
    const Row* row = find_row(decline_code);
    if (row == nullptr) row = find_row(code);
    if (row == nullptr) row = &kUnlisted;
    return worded(advised(advice_code).value_or(row->type), row->code);
}

Decline content_refusal(std::string_view normalised_code) {
    return worded(invalid_request, normalised_code);
}

Decline state_refusal(std::string_view normalised_code) {
    return {invalid_request, std::string(normalised_code), sentence_of(kStateTexts, normalised_code)};
}

Decline refund_decline(std::string_view failure_reason) {
    return {hard, "refund_failed",
            sentence_of(kRefundFailures, failure_reason) + " Pay the amount back in another way if it is still due."};
}

Decline canceled_decline(std::string_view cancellation_reason, bool was_held) {
    if (was_held && is_expiry(cancellation_reason)) {
        return {soft, "authorization_expired", "The authorization has expired at the PSP. Nothing was charged."};
    }
    if (was_held) return {soft, "canceled", "The authorization was canceled at the PSP. Nothing was charged."};
    const bool payer_left = cancellation_reason == "abandoned" || cancellation_reason == "automatic";
    return {soft, "canceled",
            payer_left ? "The payer did not complete the payment in time, and it was canceled. Nothing was charged."
                       : "The payment was canceled at the PSP. Nothing was charged."};
}

bool is_expiry(std::string_view cancellation_reason) {
    return cancellation_reason == "automatic" || cancellation_reason == "expired";
}

}  // namespace florin::psp::stripe
