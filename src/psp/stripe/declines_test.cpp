#include "psp/stripe/declines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace florin::psp::stripe {
namespace {

using enum payments::DeclineClass;
using payments::DeclineClass;

// docs.stripe.com/declines/codes, whole, by our class.
const std::vector<std::pair<DeclineClass, std::vector<const char*>>> kByClass = {
    {soft,
     {"insufficient_funds", "withdrawal_count_limit_exceeded", "card_velocity_exceeded", "try_again_later",
      "issuer_not_available", "processing_error", "reenter_transaction", "approve_with_id", "do_not_honor",
      "generic_decline", "no_action_taken", "call_issuer", "service_not_allowed", "not_permitted",
      "transaction_not_allowed"}},
    {needs_authentication,
     {"authentication_required", "authentication_not_handled", "mobile_device_authentication_required"}},
    {needs_data,
     {"incorrect_cvc", "invalid_cvc", "incorrect_number", "invalid_number", "incorrect_zip", "incorrect_address",
      "incorrect_pin", "invalid_pin", "invalid_expiry_month", "invalid_expiry_year", "expired_card",
      "currency_not_supported", "card_not_supported", "invalid_amount", "new_account_information_available",
      "offline_pin_required", "online_or_offline_pin_required", "pin_try_exceeded"}},
    {hard,
     {"lost_card", "stolen_card", "pickup_card", "restricted_card", "fraudulent", "merchant_blacklist",
      "security_violation", "invalid_account", "do_not_try_again", "revocation_of_authorization",
      "revocation_of_all_authorizations", "stop_payment_order", "duplicate_transaction", "testmode_decline",
      "highest_risk_level"}},
};

TEST(Declines, every_documented_code_has_its_class_and_a_sentence) {
    for (const auto& [type, codes] : kByClass) {
        for (const auto* code : codes) {
            SCOPED_TRACE(code);
            const auto decline = decline_of("card_declined", code, "");
            EXPECT_EQ(to_string(decline.type), to_string(type));
            EXPECT_FALSE(decline.code.empty());
            // Only a code without a text of its own falls back to the sentence of card_declined.
            EXPECT_EQ(decline.reason.starts_with("The card was declined."), decline.code == "card_declined");
        }
    }
}

TEST(Declines, codes_are_normalised) {
    const std::vector<std::pair<const char*, const char*>> rows = {
        {"insufficient_funds", "insufficient_funds"},
        {"card_velocity_exceeded", "limit_exceeded"},
        {"invalid_cvc", "incorrect_cvc"},
        {"invalid_number", "incorrect_number"},
        {"incorrect_zip", "incorrect_address"},
        {"invalid_expiry_year", "invalid_expiry"},
        {"expired_card", "expired_card"},
        {"authentication_not_handled", "authentication_required"},
        {"issuer_not_available", "issuer_unavailable"},
        {"do_not_honor", "card_declined"},
    };
    for (const auto& [stripe, ours] : rows) EXPECT_EQ(decline_of("", stripe, "").code, ours);
}

TEST(Declines, lost_stolen_and_fraud_are_told_to_nobody) {
    const auto plain = decline_of("card_declined", "do_not_try_again", "");
    for (const auto* code : {"lost_card", "stolen_card", "pickup_card", "restricted_card", "fraudulent",
                             "merchant_blacklist", "security_violation", "highest_risk_level"}) {
        const auto decline = decline_of("card_declined", code, "");
        EXPECT_EQ(decline.code, "card_declined");
        EXPECT_EQ(decline.type, hard);
        EXPECT_EQ(decline.reason, plain.reason);
    }
}

TEST(Declines, the_code_counts_where_there_is_no_decline_code) {
    EXPECT_EQ(decline_of("expired_card", "", "").code, "expired_card");
    EXPECT_EQ(decline_of("payment_intent_authentication_failure", "", "").code, "authentication_failed");
    EXPECT_EQ(decline_of("payment_intent_authentication_failure", "", "").type, needs_authentication);
    EXPECT_EQ(decline_of("expired_card", "code_of_next_year", "").code, "expired_card");
    EXPECT_EQ(decline_of("card_declined", "insufficient_funds", "").code, "insufficient_funds");
}

TEST(Declines, unknown_codes_are_a_soft_card_declined) {
    for (const auto* code : {"", "code_of_next_year", "INSUFFICIENT_FUNDS", "<script>"}) {
        const auto decline = decline_of(code, code, code);
        EXPECT_EQ(decline.type, soft);
        EXPECT_EQ(decline.code, "card_declined");
    }
}

TEST(Declines, the_issuers_advice_overrides_the_class_and_not_the_code) {
    EXPECT_EQ(decline_of("", "insufficient_funds", "do_not_try_again").type, hard);
    EXPECT_EQ(decline_of("", "insufficient_funds", "do_not_try_again").code, "insufficient_funds");
    EXPECT_EQ(decline_of("", "stolen_card", "try_again_later").type, soft);
    EXPECT_EQ(decline_of("", "do_not_honor", "confirm_card_data").type, needs_data);
    EXPECT_EQ(decline_of("", "do_not_honor", "dance").type, soft);
    // The sentence says what the class asks for.
    EXPECT_NE(decline_of("", "insufficient_funds", "do_not_try_again").reason.find("Do not try this card again"),
              std::string::npos);
}

TEST(Declines, a_cancellation_says_who_gave_up) {
    const struct {
        const char* reason;
        bool was_held;
        const char* code;
        const char* words;
    } rows[] = {
        {"abandoned", false, "canceled", "The payer did not complete"},
        {"automatic", false, "canceled", "The payer did not complete"},
        {"requested_by_customer", false, "canceled", "The payment was canceled at the PSP"},
        {"automatic", true, "authorization_expired", "The authorization has expired at the PSP"},
        {"expired", true, "authorization_expired", "The authorization has expired at the PSP"},
        {"abandoned", true, "canceled", "The authorization was canceled at the PSP"},
        {"", true, "canceled", "The authorization was canceled at the PSP"},
    };
    for (const auto& row : rows) {
        const auto decline = canceled_decline(row.reason, row.was_held);
        EXPECT_EQ(decline.type, soft);
        EXPECT_EQ(decline.code, row.code) << row.reason;
        EXPECT_TRUE(decline.reason.starts_with(row.words)) << decline.reason;
    }
}

TEST(Declines, a_refusal_of_the_content_is_invalid_request) {
    for (const auto* code : {"amount_too_small", "amount_too_large", "invalid_amount", "currency_not_supported",
                             "invalid_payment_method", "invalid_return_url", "invalid_request"}) {
        const auto decline = content_refusal(code);
        EXPECT_EQ(decline.type, invalid_request);
        EXPECT_EQ(decline.code, code);
        EXPECT_FALSE(decline.reason.starts_with("The card was declined."));
    }
}

}  // namespace
}  // namespace florin::psp::stripe
