#include "psp/stripe/rules.hpp"

#include <gtest/gtest.h>

#include "psp/stripe/declines.hpp"

namespace florin::psp::stripe {
namespace {

using payments::OperationKind;

constexpr ErrorWords words(std::string_view code, std::string_view param = {}) {
    return {"invalid_request_error", code, param};
}

TEST(StripeRules, what_the_state_refuses_is_no_refusal_of_a_creation) {
    for (const auto* code : {"payment_intent_unexpected_state", "charge_already_captured", "charge_already_refunded",
                             "charge_expired_for_capture", "capture_charge_authorization_expired", "charge_disputed",
                             "charge_not_refundable", "balance_insufficient"}) {
        for (const auto kind : {OperationKind::sale, OperationKind::authorize}) {
            EXPECT_EQ(meaning_of(kind, 400, words(code)).refusal, Refusal::unclear) << code;
        }
        for (const auto kind :
             {OperationKind::capture, OperationKind::void_, OperationKind::expire, OperationKind::refund}) {
            EXPECT_EQ(meaning_of(kind, 400, words(code)).refusal, Refusal::state) << code;
            EXPECT_EQ(meaning_of(kind, 409, words(code)).refusal, Refusal::unclear) << code;
        }
    }
}

TEST(StripeRules, an_amount_means_what_its_call_asks) {
    EXPECT_EQ(meaning_of(OperationKind::sale, 400, words("amount_too_large", "amount")).normalised, "amount_too_large");
    EXPECT_EQ(meaning_of(OperationKind::refund, 400, words("amount_too_large", "amount")).normalised,
              "amount_not_available");
    EXPECT_EQ(meaning_of(OperationKind::sale, 400, words("", "amount")).normalised, "invalid_amount");
    EXPECT_EQ(meaning_of(OperationKind::refund, 400, words("", "amount")).normalised, "amount_not_available");
}

TEST(StripeRules, every_refusal_by_state_has_a_sentence_of_its_own) {
    const auto plain = state_refusal("operation_refused").reason;
    for (const auto* code :
         {"already_captured", "already_voided", "already_refunded", "authorization_expired", "amount_not_available",
          "payment_disputed", "not_refundable", "psp_balance_insufficient"}) {
        const auto decline = state_refusal(code);
        EXPECT_EQ(decline.type, payments::DeclineClass::invalid_request);
        EXPECT_EQ(decline.code, code);
        EXPECT_NE(decline.reason, plain) << code;
    }
}

TEST(StripeRules, a_refund_that_failed_says_why_but_not_that_a_card_was_stolen) {
    const auto unknown = refund_decline("unknown");
    EXPECT_EQ(refund_decline("lost_or_stolen_card").reason, unknown.reason);
    EXPECT_EQ(refund_decline("reason_of_next_year").reason, unknown.reason);
    for (const auto* reason :
         {"expired_or_canceled_card", "charge_for_pending_refund_disputed", "insufficient_funds", "merchant_request"}) {
        const auto decline = refund_decline(reason);
        EXPECT_EQ(decline.code, "refund_failed");
        EXPECT_NE(decline.reason, unknown.reason) << reason;
    }
}

TEST(StripeRules, a_refund_is_looked_at_again_and_a_capture_is_not) {
    const auto rules = stripe_rules({.refund_looks = {Milliseconds(5), Milliseconds(9)}});
    EXPECT_EQ(rules.refund_looks, (std::vector{Milliseconds(5), Milliseconds(9)}));
    EXPECT_TRUE(rules.capture_looks.empty());
}

}  // namespace
}  // namespace florin::psp::stripe
