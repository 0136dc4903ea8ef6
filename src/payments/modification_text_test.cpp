#include "payments/modification_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;

TEST(AllowedNow, it_names_what_may_be_done_and_up_to_how_much) {
    struct Row {
        Amounts amounts;
        bool several;
        const char* sentence;
    };
    const Row rows[] = {
        {{.authorized = 100}, false, "Allowed now: one capture of up to 100, void (minor units of EUR)."},
        {{.authorized = 100}, true, "Allowed now: capture of up to 100, void (minor units of EUR)."},
        {{.authorized = 100, .captured = 60},
         true,
         "Allowed now: capture of up to 40, void, refund of up to 60 (minor units of EUR)."},
        {{.authorized = 100, .capturing = 60, .captured = 10, .refunding = 4},
         true,
         "Allowed now: capture of up to 30, refund of up to 6 (minor units of EUR)."},
        {{.authorized = 100, .captured = 60, .voided = 40},
         false,
         "Allowed now: refund of up to 60 (minor units of EUR)."},
        {{.authorized = 100, .voiding = 100}, true, "Allowed now: nothing, until what is open has settled."},
        {{.authorized = 100, .voided = 100}, true, "Allowed now: nothing."},
    };
    for (const Row& row : rows) EXPECT_EQ(allowed_now(payment_with(row.amounts, row.several)), row.sentence);
}

// What the sentence offers is allowed, and one more is not.
void expect_true(const Payment& payment) {
    const auto allows = [&](OperationKind kind, std::optional<std::int64_t> amount) {
        return std::holds_alternative<Reserved>(decide(payment, {.kind = kind, .amount = amount}));
    };
    const auto most = [&](OperationKind kind) {
        std::int64_t amount = 0;
        while (allows(kind, amount + 1)) ++amount;
        return amount;
    };
    std::string sentence = allowed_now(payment);
    const auto offers = [&](const std::string& what) { return sentence.find(what) != std::string::npos; };
    const auto amount_text = [](std::int64_t amount) { return fmt::format("of up to {}", amount); };
    EXPECT_EQ(offers("capture "), most(capture) > 0) << sentence;
    EXPECT_TRUE(most(capture) == 0 || offers("capture " + amount_text(most(capture)))) << sentence;
    EXPECT_EQ(offers("refund "), most(refund) > 0) << sentence;
    EXPECT_TRUE(most(refund) == 0 || offers("refund " + amount_text(most(refund)))) << sentence;
    EXPECT_EQ(offers("void"), allows(void_, {})) << sentence;
}

TEST(AllowedNow, it_says_what_is_decided_for_all_small_amounts) {
    int payments = 0;
    for (int bits = 0; bits < 1 << 14; ++bits) {
        const auto digit = [&](int place) { return bits >> 2 * place & 3; };
        const Amounts amounts{.authorized = 3,
                              .capturing = digit(0),
                              .captured = digit(1),
                              .refunding = digit(2),
                              .refunded = digit(3),
                              .voiding = digit(4),
                              .voided = digit(5),
                              .expired = digit(6)};
        if (!amounts.within_limits()) continue;
        ++payments;
        expect_true(payment_with(amounts, true));
        // One capture takes or releases all that is held.
        if (amounts.capturing == 0 || amounts.free_to_capture() == 0) expect_true(payment_with(amounts, false));
    }
    EXPECT_GT(payments, 100);
}

TEST(Busy, the_detail_names_what_is_awaited_and_asks_for_the_same_key) {
    const Payment payment =
        payment_with({.authorized = 100, .capturing = 20, .captured = 60, .refunding = 10, .voiding = 20}, true);
    const Refusal refusal = std::get<Busy>(decide(payment, {.kind = void_})).refusal;
    EXPECT_EQ(refusal.error, Error::conflict);
    EXPECT_GT(refusal.retry_after_s, 0);
    EXPECT_EQ(refusal.detail,
              "Still open: captures of 20, releases of 20, refunds of 10 (minor units of EUR). Repeat the request with "
              "the same Idempotency-Key when that has settled.");
    Payment open = payment_of(Money(100, kEur));
    EXPECT_TRUE(
        std::get<Busy>(decide(open, {})).refusal.detail.starts_with("The payment itself is still open. Repeat"));
    open.status = Status::requires_action;
    EXPECT_TRUE(std::get<Busy>(decide(open, {})).refusal.detail.starts_with("The payment still waits for its payer."));
}

TEST(Refused, the_detail_says_why_and_ends_with_what_is_allowed) {
    const auto refusal = [](const Amounts& amounts, const ModificationRequest& request) {
        return std::get<Refused>(decide(payment_with(amounts), request)).refusal;
    };
    const std::pair<Refusal, const char*> rows[] = {
        {refusal({.authorized = 100, .captured = 100}, {.kind = void_}),
         "Nothing is held any more: all of it was captured. Refund it instead. Allowed now: refund of up to 100 (minor "
         "units of EUR)."},
        {refusal({.authorized = 100, .captured = 60, .voided = 40}, {.kind = void_}),
         "Nothing is held any more: a part was captured and the rest released. Refund what was captured instead. "
         "Allowed now: refund of up to 60 (minor units of EUR)."},
        {refusal({.authorized = 100, .voided = 100}, {.kind = capture}),
         "Nothing is held any more: the payment was voided. Allowed now: nothing."},
        {refusal({.authorized = 100, .expired = 100}, {.kind = capture}),
         "Nothing is held any more: the authorization expired. Allowed now: nothing."},
        {refusal({.authorized = 100}, {.kind = capture, .amount = 101}),
         "At most 100 minor units of EUR can be captured. Allowed now: one capture of up to 100, void (minor units of "
         "EUR)."},
        {refusal({.authorized = 100}, {.kind = capture, .amount = 60, .final = false}),
         "This payment takes one capture: leave final out or set it to true. Allowed now: one capture of up to 100, "
         "void (minor units of EUR)."},
        {refusal({.authorized = 100}, {.kind = refund}),
         "Nothing was captured yet. Allowed now: one capture of up to 100, void (minor units of EUR)."},
        {refusal({.authorized = 100, .captured = 100, .refunded = 100}, {.kind = refund}),
         "All that was captured was refunded already. Allowed now: nothing."},
        {refusal({.authorized = 100}, {.kind = capture, .currency = kUsd}),
         "The payment is in EUR: send \"EUR\" or leave currency out."},
    };
    for (const auto& [refused, detail] : rows) EXPECT_EQ(refused.detail, detail);
    Payment failed = payment_of(Money(100, kEur));
    failed.status = Status::failed;
    EXPECT_EQ(std::get<Refused>(decide(failed, {.kind = void_})).refusal.detail,
              "The payment failed: nothing was charged. Allowed now: nothing.");
    EXPECT_EQ(refusal({.authorized = 100}, {.kind = capture, .currency = kUsd}).pointer, "/currency");
    EXPECT_EQ(refusal({.authorized = 100}, {.kind = capture, .amount = 101}).pointer, "/amount");
}

}  // namespace
}  // namespace florin::payments
