#include "api/refund.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "base/currency.hpp"

namespace florin::api {
namespace {

using payments::OperationKind;
using payments::Outcome;

const WallTime kAsked = parse_time("2026-03-13T10:00:00.000Z").value();
const WallTime kClosed = parse_time("2026-03-13T10:00:01.000Z").value();
const WallTime kLater = parse_time("2026-03-20T10:00:00.000Z").value();

store::OperationRow row(OperationKind kind, OperationId operation, std::optional<Outcome> outcome,
                        std::int16_t number = 1) {
    return {.attempt = {.operation = operation,
                        .number = number,
                        .payment = PaymentId::make(kAsked, Bucket{1}, false),
                        .kind = kind,
                        .amount = Money(3000, kUsd),
                        .parameters = {},
                        .psp = "stripe",
                        .psp_account = "main",
                        .actor = "key:key_1",
                        .request = {}},
            .created_at = kAsked,
            .outcome = outcome,
            .reason = outcome == Outcome::declined ? std::optional<std::string>("refund_failed") : std::nullopt,
            .psp_reference = std::nullopt,
            .closed_at = outcome ? std::optional(kClosed) : std::nullopt,
            .open_evidence = {}};
}

OperationId new_operation() {
    return OperationId::make(kAsked, Bucket{1}, false);
}

TEST(Refunds, stand_as_their_last_attempt_does) {
    struct Case {
        std::optional<Outcome> outcome;
        const char* status;
        const char* updated_at;
        bool has_reason;
    };
    for (const auto& c : std::to_array<Case>({
             {std::nullopt, "pending", "2026-03-13T10:00:00.000Z", false},
             {Outcome::approved, "succeeded", "2026-03-13T10:00:01.000Z", false},
             {Outcome::declined, "failed", "2026-03-13T10:00:01.000Z", true},
             {Outcome::not_executed, "failed", "2026-03-13T10:00:01.000Z", true},
         })) {
        const auto refunds = refunds_of(std::vector{row(OperationKind::refund, new_operation(), c.outcome)});
        ASSERT_EQ(refunds.size(), 1U);
        EXPECT_EQ(refunds[0].at("status"), c.status);
        EXPECT_EQ(refunds[0].at("updated_at"), c.updated_at);
        EXPECT_EQ(refunds[0].at("failure_reason").is_string(), c.has_reason);
    }
}

TEST(Refunds, are_named_by_the_uuid_of_their_operation_and_no_other_operation_is_one) {
    const auto refund = new_operation();
    const auto refunds = refunds_of(std::vector{row(OperationKind::sale, new_operation(), Outcome::approved),
                                                row(OperationKind::refund, refund, Outcome::approved),
                                                row(OperationKind::void_, new_operation(), Outcome::approved)});
    ASSERT_EQ(refunds.size(), 1U);
    EXPECT_EQ(refunds[0].at("operation_id").as_string(), to_string(refund));
    EXPECT_EQ(refunds[0].at("refund_id").as_string(), "re_" + to_string(refund).substr(3));
}

TEST(Refunds, a_further_attempt_of_the_same_refund_is_no_further_refund) {
    const auto refund = new_operation();
    const auto refunds = refunds_of(std::vector{row(OperationKind::refund, refund, Outcome::not_executed, 1),
                                                row(OperationKind::refund, refund, Outcome::approved, 2)});
    ASSERT_EQ(refunds.size(), 1U);
    EXPECT_EQ(refunds[0].at("status"), "succeeded");
}

TEST(Refunds, one_that_was_taken_back_later_has_failed_since_then) {
    const auto refund = new_operation();
    auto failure = row(OperationKind::refund_failure, new_operation(), Outcome::approved);
    failure.attempt.parameters.reverses = refund;
    failure.reason = "expired_or_canceled_card";
    failure.closed_at = kLater;
    const auto refunds = refunds_of(std::vector{row(OperationKind::refund, refund, Outcome::approved), failure});
    ASSERT_EQ(refunds.size(), 1U);
    EXPECT_EQ(refunds[0].at("status"), "failed");
    EXPECT_EQ(refunds[0].at("failure_code"), "expired_or_canceled_card");
    EXPECT_EQ(refunds[0].at("updated_at"), "2026-03-20T10:00:00.000Z");
}

TEST(Refunds, one_that_the_amounts_refused_was_never_asked_of_a_psp_and_is_none) {
    auto refused = row(OperationKind::refund, new_operation(), Outcome::declined);
    for (const auto* code : {"amount_out_of_range", "currency_mismatch", "operation_not_allowed"}) {
        refused.reason = code;
        EXPECT_TRUE(refunds_of(std::vector{refused}).empty()) << code;
    }
}

}  // namespace
}  // namespace florin::api
