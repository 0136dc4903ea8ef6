// What a payment's amounts allow, as tables. An authorization is of 100.
#include "payments/modification.hpp"

#include <gtest/gtest.h>

#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;

constexpr bool kSeveral = true;

// "capture 60 final 40", "busy", "refused amount_out_of_range"
std::string text_of(const Decision& decision, OperationKind kind) {
    if (std::holds_alternative<Busy>(decision)) return "busy";
    if (const auto* refused = std::get_if<Refused>(&decision)) {
        return "refused " + std::string(to_string(refused->refusal.error));
    }
    const auto& [amount, parameters, payment] = std::get<Reserved>(decision);
    std::string text = std::string(to_string(kind)) + ' ' + std::to_string(amount.minor_units());
    if (parameters.final) text += " final " + std::to_string(parameters.releases);
    return text;
}

struct Row {
    Amounts amounts;
    bool several;
    ModificationRequest request;
    const char* decision;
};

void expect_decisions(std::span<const Row> rows) {
    for (const auto& row : rows) {
        const Payment payment = payment_with(row.amounts, row.several);
        const auto decision = decide(payment, row.request);
        EXPECT_EQ(text_of(decision, row.request.kind), row.decision) << "row " << &row - rows.data();
        if (const auto* reserved = std::get_if<Reserved>(&decision)) {
            EXPECT_EQ(reserved->payment.version, payment.version + 1);
            EXPECT_EQ(reserved->payment.updated_at, payment.updated_at);
            EXPECT_EQ(reserved->payment.status, payment.status);
        }
    }
}

TEST(Capture, what_is_held_limits_it) {
    const Row rows[] = {
        // one capture: it is final and releases the rest
        {{.authorized = 100}, false, {.kind = capture}, "capture 100 final 0"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 100}, "capture 100 final 0"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 60}, "capture 60 final 40"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 1, .final = true}, "capture 1 final 99"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 60, .final = false}, "refused operation_not_allowed"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 100, .final = false}, "capture 100 final 0"},
        {{.authorized = 100}, false, {.kind = capture, .amount = 101}, "refused amount_out_of_range"},
        {{.authorized = 100, .capturing = 60, .voiding = 40}, false, {.kind = capture, .amount = 40}, "busy"},
        {{.authorized = 100, .capturing = 100}, false, {.kind = capture}, "busy"},
        {{.authorized = 100, .capturing = 100}, false, {.kind = capture, .amount = 101}, "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 60, .voided = 40}, false, {.kind = capture}, "refused operation_not_allowed"},
        // several: final where it takes all that is held, or says so
        {{.authorized = 100}, kSeveral, {.kind = capture, .amount = 60}, "capture 60"},
        {{.authorized = 100}, kSeveral, {.kind = capture, .amount = 60, .final = true}, "capture 60 final 40"},
        {{.authorized = 100}, kSeveral, {.kind = capture}, "capture 100 final 0"},
        {{.authorized = 100, .captured = 60}, kSeveral, {.kind = capture}, "capture 40 final 0"},
        {{.authorized = 100, .captured = 60}, kSeveral, {.kind = capture, .amount = 41}, "refused amount_out_of_range"},
        {{.authorized = 100, .capturing = 60}, kSeveral, {.kind = capture, .amount = 40}, "capture 40"},
        {{.authorized = 100, .capturing = 60}, kSeveral, {.kind = capture, .amount = 41}, "busy"},
        {{.authorized = 100, .capturing = 60}, kSeveral, {.kind = capture}, "busy"},
        {{.authorized = 100, .capturing = 60}, kSeveral, {.kind = capture, .amount = 30, .final = true}, "busy"},
        {{.authorized = 100, .captured = 60, .refunding = 60}, kSeveral, {.kind = capture, .amount = 10}, "capture 10"},
        // a void stands alone, a void that was proven not to have happened does not
        {{.authorized = 100, .voiding = 100}, kSeveral, {.kind = capture, .amount = 10}, "busy"},
        {{.authorized = 100, .voided = 100},
         kSeveral,
         {.kind = capture, .amount = 10},
         "refused operation_not_allowed"},
        {{.authorized = 100, .expired = 100}, false, {.kind = capture}, "refused operation_not_allowed"},
        {{.authorized = 100, .captured = 100}, false, {.kind = capture, .amount = 1}, "refused operation_not_allowed"},
    };
    expect_decisions(rows);
}

TEST(Void, it_takes_all_that_is_held_and_stands_alone) {
    for (const auto kind : {void_, expire}) {
        const std::string all = std::string(to_string(kind)) + " 100";
        const std::string rest = std::string(to_string(kind)) + " 40";
        const Row rows[] = {
            {{.authorized = 100}, false, {.kind = kind}, all.c_str()},
            {{.authorized = 100, .captured = 60}, kSeveral, {.kind = kind}, rest.c_str()},
            {{.authorized = 100, .captured = 60, .refunded = 60}, kSeveral, {.kind = kind}, rest.c_str()},
            {{.authorized = 100, .capturing = 60}, kSeveral, {.kind = kind}, "busy"},
            {{.authorized = 100, .capturing = 100}, false, {.kind = kind}, "busy"},
            {{.authorized = 100, .captured = 60, .refunding = 10}, kSeveral, {.kind = kind}, "busy"},
            {{.authorized = 100, .voiding = 100}, false, {.kind = kind}, "busy"},
            {{.authorized = 100, .voided = 100}, false, {.kind = kind}, "refused operation_not_allowed"},
            {{.authorized = 100, .expired = 100}, false, {.kind = kind}, "refused operation_not_allowed"},
            {{.authorized = 100, .captured = 100}, false, {.kind = kind}, "refused operation_not_allowed"},
            {{.authorized = 100, .captured = 100, .refunding = 10},
             false,
             {.kind = kind},
             "refused operation_not_allowed"},
        };
        expect_decisions(rows);
    }
}

TEST(Refund, what_was_captured_limits_it) {
    const Row rows[] = {
        {{.authorized = 100, .captured = 100}, false, {.kind = refund}, "refund 100"},
        {{.authorized = 100, .captured = 100}, false, {.kind = refund, .amount = 1}, "refund 1"},
        {{.authorized = 100, .captured = 100}, false, {.kind = refund, .amount = 101}, "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 60, .voided = 40},
         false,
         {.kind = refund, .amount = 61},
         "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 100, .refunded = 60}, false, {.kind = refund}, "refund 40"},
        {{.authorized = 100, .captured = 100, .refunded = 60},
         false,
         {.kind = refund, .amount = 60},
         "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 100, .refunding = 60}, false, {.kind = refund, .amount = 60}, "busy"},
        {{.authorized = 100, .captured = 100, .refunding = 60}, false, {.kind = refund, .amount = 40}, "refund 40"},
        {{.authorized = 100, .captured = 100, .refunding = 60}, false, {.kind = refund}, "busy"},
        {{.authorized = 100, .captured = 100, .refunding = 60},
         false,
         {.kind = refund, .amount = 101},
         "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 100, .refunded = 100},
         false,
         {.kind = refund, .amount = 1},
         "refused operation_not_allowed"},
        {{.authorized = 100}, false, {.kind = refund}, "refused operation_not_allowed"},
        {{.authorized = 100}, false, {.kind = refund, .amount = 1}, "refused operation_not_allowed"},
        {{.authorized = 100, .voiding = 100}, false, {.kind = refund}, "refused operation_not_allowed"},
        {{.authorized = 100, .voided = 100}, false, {.kind = refund}, "refused operation_not_allowed"},
        // captures that are open
        {{.authorized = 100, .capturing = 100}, false, {.kind = refund}, "busy"},
        {{.authorized = 100, .capturing = 100}, false, {.kind = refund, .amount = 100}, "busy"},
        {{.authorized = 100, .capturing = 100}, false, {.kind = refund, .amount = 101}, "refused amount_out_of_range"},
        {{.authorized = 100, .capturing = 40, .captured = 60}, kSeveral, {.kind = refund, .amount = 60}, "refund 60"},
        {{.authorized = 100, .capturing = 40, .captured = 60}, kSeveral, {.kind = refund, .amount = 61}, "busy"},
        {{.authorized = 100, .capturing = 40, .captured = 60, .refunded = 60}, kSeveral, {.kind = refund}, "busy"},
        {{.authorized = 100, .captured = 60, .voiding = 40}, kSeveral, {.kind = refund, .amount = 10}, "busy"},
    };
    expect_decisions(rows);
}

TEST(Modification, what_no_state_of_the_payment_allows_is_final_at_once) {
    for (const auto kind : {capture, refund}) {
        for (const std::int64_t amount :
             {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
            for (const Amounts& amounts : {Amounts{.authorized = 100}, Amounts{.authorized = 100, .captured = 100}}) {
                const Row rows[] = {{amounts, false, {.kind = kind, .amount = amount}, "refused amount_out_of_range"}};
                expect_decisions(rows);
            }
        }
        const Row rows[] = {
            {{.authorized = 100, .captured = 50},
             kSeveral,
             {.kind = kind, .amount = 1, .currency = kUsd},
             "refused currency_mismatch"},
            {{.authorized = 100, .voiding = 100},
             kSeveral,
             {.kind = kind, .amount = 1, .currency = kUsd},
             "refused currency_mismatch"},
            {{.authorized = 100, .captured = 50},
             kSeveral,
             {.kind = kind, .amount = std::numeric_limits<std::int64_t>::max()},
             "refused amount_out_of_range"},
        };
        expect_decisions(rows);
        const auto same = decide(payment_with({.authorized = 100, .captured = 50}, kSeveral),
                                 {.kind = kind, .amount = 1, .currency = kEur});
        EXPECT_TRUE(std::holds_alternative<Reserved>(same));
    }
}

TEST(Modification, a_payment_that_is_open_is_awaited_and_a_failed_one_is_refused) {
    Payment payment = payment_of(Money(100, kEur));
    for (const auto kind : {capture, void_, refund, expire}) {
        for (const auto& [status, decision] : {std::pair(Status::pending, "busy"),
                                               {Status::requires_action, "busy"},
                                               {Status::failed, "refused operation_not_allowed"}}) {
            payment.status = status;
            EXPECT_EQ(text_of(decide(payment, {.kind = kind}), kind), decision);
        }
    }
}

TEST(Modification, a_refund_keeps_its_reason) {
    const auto decision =
        decide(payment_with({.authorized = 100, .captured = 100}), {.kind = refund, .reason = "fraudulent"});
    EXPECT_EQ(std::get<Reserved>(decision).parameters, (Parameters{.reason = "fraudulent"}));
}

TEST(ModificationDeathTest, other_operations_are_not_decided) {
    const Payment payment = payment_with({.authorized = 100});
    for (const auto kind : {sale, authorize, capture_failure, refund_failure}) {
        EXPECT_DEATH(decide(payment, {.kind = kind}), "assertion.failed");
    }
    EXPECT_DEATH(reverse(payment, attempt_of(payment, void_, 100)), "assertion.failed");
}

struct Again {
    Amounts amounts;
    Attempt attempt;
    const char* decision;
};

TEST(ReserveAgain, it_is_the_same_operation_on_the_amounts_of_now) {
    const Payment any = payment_with({.authorized = 100});
    const Again rows[] = {
        {{.authorized = 100}, attempt_of(any, capture, 60), "capture 60"},
        {{.authorized = 100}, attempt_of(any, capture, 60, {.final = true, .releases = 40}), "capture 60 final 40"},
        {{.authorized = 100, .captured = 30},
         attempt_of(any, capture, 60, {.final = true, .releases = 40}),
         "capture 60 final 10"},
        {{.authorized = 100, .captured = 50}, attempt_of(any, capture, 60), "refused amount_out_of_range"},
        {{.authorized = 100, .capturing = 50}, attempt_of(any, capture, 60), "busy"},
        {{.authorized = 100, .captured = 30}, attempt_of(any, void_, 100), "void 70"},
        {{.authorized = 100, .captured = 100}, attempt_of(any, void_, 100), "refused operation_not_allowed"},
        {{.authorized = 100, .captured = 30}, attempt_of(any, expire, 100), "expire 70"},
        {{.authorized = 100, .captured = 100}, attempt_of(any, refund, 60), "refund 60"},
        {{.authorized = 100, .captured = 100, .refunded = 50},
         attempt_of(any, refund, 60),
         "refused amount_out_of_range"},
        {{.authorized = 100, .captured = 100, .refunding = 50}, attempt_of(any, refund, 60), "busy"},
    };
    for (const Again& row : rows) {
        const auto decision = reserve_again(payment_with(row.amounts, kSeveral), row.attempt);
        EXPECT_EQ(text_of(decision, row.attempt.kind), row.decision) << "row " << &row - rows;
    }
    const auto with_reason = reserve_again(payment_with({.authorized = 100, .captured = 100}),
                                           attempt_of(any, refund, 60, {.reason = "duplicate"}));
    EXPECT_EQ(std::get<Reserved>(with_reason).parameters.reason, "duplicate");
}

}  // namespace
}  // namespace florin::payments
