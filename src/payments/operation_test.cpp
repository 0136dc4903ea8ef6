// What outcomes make of captures, voids, refunds, expiries and what is only recorded.
#include "payments/operation.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "payments/document.hpp"
#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;

boost::json::value body_of(const Step& step) {
    return json::parse(step.body).value();
}

TEST(OperationKind, every_word_leads_back_to_its_kind) {
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(refund_failure); ++i) {
        const auto kind = static_cast<OperationKind>(i);
        EXPECT_TRUE(words.insert(to_string(kind)).second);
        EXPECT_EQ(parse_operation_kind(to_string(kind)), kind);
    }
    EXPECT_EQ(to_string(void_), "void");
    EXPECT_FALSE(parse_operation_kind("void_"));
}

struct Settled {
    OperationKind kind;
    std::int64_t amount;
    std::int64_t releases;
    Amounts before;
    Amounts approved;
    Amounts released;  // declined or not executed
};

// Every kind with others open beside it, so that each touches its own amount alone.
const Settled kSettled[] = {
    {capture,
     60,
     0,
     {.authorized = 100, .capturing = 100},
     {.authorized = 100, .capturing = 40, .captured = 60},
     {.authorized = 100, .capturing = 40}},
    {capture,
     60,
     40,
     {.authorized = 100, .capturing = 60, .voiding = 40},
     {.authorized = 100, .captured = 60, .voided = 40},
     {.authorized = 100}},
    {capture,
     20,
     0,
     {.authorized = 100, .capturing = 30, .captured = 70, .refunding = 5, .refunded = 5},
     {.authorized = 100, .capturing = 10, .captured = 90, .refunding = 5, .refunded = 5},
     {.authorized = 100, .capturing = 10, .captured = 70, .refunding = 5, .refunded = 5}},
    {void_, 100, 0, {.authorized = 100, .voiding = 100}, {.authorized = 100, .voided = 100}, {.authorized = 100}},
    {void_,
     40,
     0,
     {.authorized = 100, .captured = 60, .voiding = 40},
     {.authorized = 100, .captured = 60, .voided = 40},
     {.authorized = 100, .captured = 60}},
    {expire,
     40,
     0,
     {.authorized = 100, .captured = 60, .voiding = 40},
     {.authorized = 100, .captured = 60, .expired = 40},
     {.authorized = 100, .captured = 60}},
    {refund,
     60,
     0,
     {.authorized = 100, .captured = 100, .refunding = 90},
     {.authorized = 100, .captured = 100, .refunding = 30, .refunded = 60},
     {.authorized = 100, .captured = 100, .refunding = 30}},
};

TEST(Operation, an_approval_makes_the_reservation_final_and_a_refusal_releases_it) {
    for (const Settled& row : kSettled) {
        SCOPED_TRACE(to_string(row.kind));
        const Payment before = payment_with(row.before, true);
        const Attempt attempt = attempt_of(before, row.kind, row.amount, {.releases = row.releases});
        ASSERT_TRUE(can_settle(before, attempt));
        for (const auto outcome : {Outcome::approved, Outcome::declined, Outcome::not_executed}) {
            const Step step = apply(before, attempt, judged(outcome), kLater);
            const bool approved = outcome == Outcome::approved;
            EXPECT_EQ(step.payment.amounts, approved ? row.approved : row.released);
            EXPECT_EQ(step.payment.version, before.version + 1);
            EXPECT_EQ(step.payment.updated_at, approved ? kLater : kCreated);  // a document shows no reservation
            EXPECT_EQ(step.payment.status, derive_status(step.payment.amounts, AttemptState::succeeded));
            EXPECT_EQ(step.change.has_value(), step.payment.status != before.status);
            EXPECT_EQ(step.payment.psp_reference, "pi_1");
            EXPECT_FALSE(step.payment.failure_code || step.payment.failure_reason);
        }
    }
}

TEST(Operation, an_unclear_answer_leaves_everything_as_it_is) {
    for (const Settled& row : kSettled) {
        const Payment before = payment_with(row.before, true);
        for (const auto outcome : {Outcome::unknown, Outcome::accepted, Outcome::action_required}) {
            Judgement judgement = judged(outcome);
            judgement.psp_reference = "re_1";
            const Step step =
                apply(before, attempt_of(before, row.kind, row.amount, {.releases = row.releases}), judgement, kLater);
            EXPECT_EQ(step.payment.amounts, row.before);
            EXPECT_EQ(document(step.payment), document(before));
            EXPECT_FALSE(step.change);
            EXPECT_EQ(step.http_status, 0);
            EXPECT_EQ(step.body, "");
        }
    }
}

TEST(OperationDeathTest, what_holds_no_reservation_cannot_settle) {
    for (const Settled& row : kSettled) {
        Payment payment = payment_with(row.before, true);
        payment.amounts.capturing = payment.amounts.voiding = payment.amounts.refunding = 0;
        const Attempt attempt = attempt_of(payment, row.kind, row.amount, {.releases = row.releases});
        EXPECT_FALSE(can_settle(payment, attempt));
        EXPECT_DEATH(apply(payment, attempt, judged(Outcome::declined), kLater), "assertion.failed");
    }
    const Payment payment = payment_with({.authorized = 100, .capturing = 60});
    EXPECT_FALSE(can_settle(payment, attempt_of(payment, capture, 61)));
    EXPECT_FALSE(can_settle(payment, attempt_of(payment, capture, 60, {.releases = 40})));
}

TEST(Operation, an_approval_answers_the_document_with_the_operation) {
    const Payment before = payment_with({.authorized = 100, .capturing = 60, .voiding = 40});
    const Attempt attempt = attempt_of(before, capture, 60, {.final = true, .releases = 40});
    Judgement judgement = judged(Outcome::approved);
    judgement.psp_reference = "pi_1";
    const Step step = apply(before, attempt, judgement, kLater);
    EXPECT_EQ(step.http_status, 200);
    EXPECT_EQ(step.change, (StatusChange{Status::authorized, Status::partially_captured}));
    EXPECT_EQ(step.body,
              R"({"payment_id":"pay_0195f000-0000-7000-8014-000000000001","status":"partially_captured","amount":100,)"
              R"("currency":"EUR","authorized_amount":100,"captured_amount":60,"refunded_amount":0,"voided_amount":40,)"
              R"("payment_method":"pm_card_visa","capture":false,"multiple_captures":false,"description":null,)"
              R"("metadata":{},"return_url":null,"psp":"stripe","psp_reference":"pi_1","failure_code":null,)"
              R"("failure_reason":null,"next_action":null,"capture_before":"2026-03-20T10:00:00.000Z","sequence":3,)"
              R"("live":false,"created_at":"2026-03-13T10:00:00.123Z","updated_at":"2026-03-13T10:00:02.123Z",)"
              R"("operation":{"operation_id":"op_0195f000-0001-7000-8014-000000000004","type":"capture",)"
              R"("status":"succeeded","amount":60,"currency":"EUR","created_at":"2025-04-01T06:18:06.721Z",)"
              R"("final":true,"released_amount":40}})");
}

TEST(Operation, a_decline_answers_422_with_the_operation_and_leaves_the_payment_without_a_failure) {
    const Payment before = payment_with({.authorized = 100, .captured = 100, .refunding = 60});
    const Attempt attempt = attempt_of(before, refund, 60);
    const Step step = apply(before, attempt, judged(Outcome::declined), kLater);
    EXPECT_EQ(step.http_status, 422);
    const auto body = body_of(step);
    EXPECT_EQ(body.at("code").as_string(), "payment_refused");
    EXPECT_EQ(body.at("detail").as_string(),
              "The card has insufficient funds. The payment stays as it was; another try needs a new Idempotency-Key.");
    EXPECT_TRUE(body.at("payment").at("failure_code").is_null());
    EXPECT_EQ(body.at("payment").at("status").as_string(), "captured");
    EXPECT_EQ(body.at("payment").at("operation").at("status").as_string(), "declined");
    EXPECT_EQ(body.at("payment").at("operation").at("failure_code").as_string(), "insufficient_funds");
}

TEST(Operation, not_executed_answers_503_and_asks_for_the_same_key) {
    const Payment before = payment_with({.authorized = 100, .voiding = 100});
    const Step step = apply(before, attempt_of(before, void_, 100), judged(Outcome::not_executed), kLater);
    EXPECT_EQ(step.http_status, 503);
    const auto body = body_of(step);
    EXPECT_EQ(body.at("code").as_string(), "not_executed");
    EXPECT_NE(body.at("detail").as_string().find("Nothing was changed"), std::string::npos);
    EXPECT_NE(body.at("detail").as_string().find("same Idempotency-Key"), std::string::npos);
    EXPECT_EQ(body.at("payment").at("operation").at("status").as_string(), "not_executed");
}

TEST(Refused, the_answer_is_422_with_the_payment_as_it_is_and_the_operation_as_refused) {
    const Payment payment = payment_with({.authorized = 100, .captured = 100});
    const auto decision = decide(payment, {.kind = refund, .amount = 101});
    const Attempt attempt = attempt_of(payment, refund, 101);
    const Step step = refused(payment, attempt, std::get<Refused>(decision).refusal);
    EXPECT_EQ(step.http_status, 422);
    EXPECT_FALSE(step.change);
    EXPECT_EQ(document(step.payment), document(payment));
    std::string shown = document(payment);
    shown.pop_back();
    EXPECT_EQ(step.body,
              R"({"type":"/errors/amount_out_of_range","title":"The amount is out of range","status":422,)"
              R"("code":"amount_out_of_range","detail":"At most 100 minor units of EUR can be refunded. )"
              R"(Allowed now: refund of up to 100 (minor units of EUR).","pointer":"/amount",)"
              R"("request_id":"req_0195f000-0000-7000-8014-000000000003","payment":)" +
                  shown +
                  R"(,"operation":{"operation_id":"op_0195f000-0001-7000-8014-000000000004","type":"refund",)"
                  R"("status":"refused","amount":101,"currency":"EUR","created_at":"2025-04-01T06:18:06.721Z",)"
                  R"("refund_id":"re_0195f000-0001-7000-8014-000000000004","reason":null,)"
                  R"("failure_code":"amount_out_of_range","failure_reason":"At most 100 minor units of EUR can be )"
                  R"(refunded. Allowed now: refund of up to 100 (minor units of EUR)."}}})");
}

struct TakenBack {
    Amounts before;
    OperationKind kind;
    std::int64_t amount;
    std::optional<Amounts> after;  // empty: a human must look
};

TEST(Reverse, a_success_that_the_psp_took_back_leaves_the_amounts_as_they_were_without_it) {
    const TakenBack rows[] = {
        {{.authorized = 100, .captured = 100, .refunded = 60}, refund, 60, {{.authorized = 100, .captured = 100}}},
        {{.authorized = 100, .captured = 100, .refunding = 10, .refunded = 60},
         refund,
         20,
         {{.authorized = 100, .captured = 100, .refunding = 10, .refunded = 40}}},
        {{.authorized = 100, .captured = 100}, capture, 100, {{.authorized = 100}}},
        {{.authorized = 100, .captured = 60, .voided = 40}, capture, 60, {{.authorized = 100, .voided = 40}}},
        {{.authorized = 100, .captured = 100, .refunded = 40},
         capture,
         60,
         {{.authorized = 100, .captured = 40, .refunded = 40}}},
        {{.authorized = 100, .captured = 100, .refunded = 41}, capture, 60, {}},
        {{.authorized = 100, .captured = 100, .refunding = 41}, capture, 60, {}},
    };
    for (const TakenBack& row : rows) {
        SCOPED_TRACE(&row - rows);
        const Payment payment = payment_with(row.before, true);
        const Attempt failed =
            attempt_of(payment, row.kind, row.amount, {.final = true, .releases = 40, .reason = "x"});
        const Decision decision = reverse(payment, failed);
        ASSERT_EQ(std::holds_alternative<Reserved>(decision), row.after.has_value());
        if (!row.after) {
            EXPECT_EQ(std::get<Refused>(decision).refusal.error, Error::operation_not_allowed);
            continue;
        }
        const auto& [amount, parameters, as_read] = std::get<Reserved>(decision);
        EXPECT_EQ(amount, failed.amount);
        EXPECT_EQ(parameters, (Parameters{.reverses = failed.operation}));
        EXPECT_EQ(document(as_read), document(payment));
        const auto kind = row.kind == capture ? capture_failure : refund_failure;
        const Step step =
            apply(as_read, attempt_of(payment, kind, row.amount, parameters), judged(Outcome::approved), kLater);
        EXPECT_EQ(step.payment.amounts, *row.after);
        EXPECT_EQ(step.payment.version, payment.version + 1);
        EXPECT_EQ(step.http_status, 200);
    }
}

}  // namespace
}  // namespace florin::payments
