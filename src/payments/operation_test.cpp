#include "payments/operation.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "payments/document.hpp"

namespace florin::payments {
namespace {

using namespace std::chrono_literals;

const WallTime kCreated = *parse_time("2026-03-13T10:00:00.123Z");
const WallTime kLater = kCreated + 2s;

const Decline kNoMoney{DeclineClass::soft, "insufficient_funds", "The card has insufficient funds."};

class Sale : public testing::Test {
protected:
    Payment payment_in(Status status) const {
        Payment payment{.id = PaymentId::make(kCreated, {5}, false),
                        .merchant = MerchantId::make(kCreated, {5}, false),
                        .amount = Money(1050, kEur),
                        .amounts = {},
                        .status = status,
                        .payment_method = "pm_card_visa",
                        .description = {},
                        .metadata = {},
                        .return_url = {},
                        .psp = "stripe",
                        .psp_reference = {},
                        .failure_code = {},
                        .failure_reason = {},
                        .next_action = {},
                        .capture_before = {},
                        .created_at = kCreated,
                        .updated_at = kCreated};
        if (status == Status::requires_action) payment.next_action = NextAction{"https://3ds.example/1"};
        if (status == Status::failed) payment.failure_code = "not_executed";
        return payment;
    }
    Attempt attempt_of(const Payment& payment) const {
        return {.operation = OperationId::make(kCreated, {5}, false),
                .payment = payment.id,
                .amount = payment.amount,
                .psp = "stripe",
                .psp_account = "main",
                .actor = "key:key_1",
                .request = RequestId::make(kCreated, {5}, false)};
    }
    Step settle(const Payment& payment, const Judgement& judgement) const {
        return apply(payment, attempt_of(payment), judgement, kLater);
    }
    static boost::json::value body_of(const Step& step) { return json::parse(step.body).value(); }
};

// from, outcome → status, HTTP status (0: stays open), whether anything of the payment changes
struct Row {
    Status from;
    Outcome outcome;
    Status to;
    int http_status;
    bool changes;
};

TEST_F(Sale, every_outcome_has_its_status_and_its_answer) {
    const Row rows[] = {
        {Status::pending, Outcome::approved, Status::captured, 200, true},
        {Status::pending, Outcome::declined, Status::failed, 402, true},
        {Status::pending, Outcome::not_executed, Status::failed, 503, true},
        {Status::pending, Outcome::action_required, Status::requires_action, 0, true},
        {Status::pending, Outcome::accepted, Status::pending, 0, false},
        {Status::pending, Outcome::unknown, Status::pending, 0, false},
        {Status::requires_action, Outcome::approved, Status::captured, 200, true},
        {Status::requires_action, Outcome::declined, Status::failed, 402, true},
        {Status::requires_action, Outcome::not_executed, Status::failed, 503, true},
        {Status::requires_action, Outcome::action_required, Status::requires_action, 0, false},
        {Status::requires_action, Outcome::accepted, Status::pending, 0, true},
        {Status::requires_action, Outcome::unknown, Status::requires_action, 0, false},
        {Status::failed, Outcome::approved, Status::captured, 200, true},  // adopted by attempt n+1
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(to_string(row.from)) + " " + std::string(to_string(row.outcome)));
        const Payment before = payment_in(row.from);
        Judgement judgement{.outcome = row.outcome, .psp_reference = {}, .decline = {}, .next_action = {}};
        if (row.outcome == Outcome::declined) judgement.decline = kNoMoney;
        const Step step = settle(before, judgement);

        EXPECT_EQ(step.payment.status, row.to);
        EXPECT_EQ(step.http_status, row.http_status);
        EXPECT_EQ(step.body.empty(), row.http_status == 0);
        EXPECT_EQ(step.payment.version, row.changes ? 2 : 1);
        EXPECT_EQ(step.payment.updated_at, row.changes ? kLater : kCreated);
        EXPECT_EQ(step.change.has_value(), row.from != row.to);
        if (step.change) EXPECT_EQ(*step.change, (StatusChange{row.from, row.to}));
        if (row.http_status != 0) EXPECT_FALSE(step.payment.next_action);
    }
}

TEST_F(Sale, approved_captures_the_whole_amount_and_answers_the_document) {
    const Step step = settle(payment_in(Status::pending), {Outcome::approved, "pi_1", {}, {}});
    EXPECT_EQ(step.payment.amounts, (Amounts{.authorized = 1050, .captured = 1050}));
    EXPECT_EQ(step.payment.psp_reference, "pi_1");
    EXPECT_FALSE(step.payment.failure_code);
    EXPECT_EQ(step.body, document(step.payment));
    EXPECT_EQ(body_of(step).at("sequence").as_int64(), 2);
}

TEST_F(Sale, declined_answers_a_problem_that_carries_the_payment) {
    const Payment before = payment_in(Status::pending);
    const Step step = settle(before, {Outcome::declined, "pi_1", kNoMoney, {}});
    EXPECT_EQ(step.payment.amounts, Amounts{});
    EXPECT_EQ(step.payment.failure_code, "insufficient_funds");
    EXPECT_EQ(step.payment.failure_reason, kNoMoney.reason);
    const auto body = body_of(step);
    EXPECT_EQ(body.at("code").as_string(), "payment_declined");
    EXPECT_EQ(body.at("status").as_int64(), 402);
    EXPECT_TRUE(body.at("detail").as_string().starts_with(kNoMoney.reason));
    EXPECT_EQ(body.at("payment").at("payment_id").as_string(), to_string(before.id));
    EXPECT_EQ(body.at("payment").at("failure_code").as_string(), "insufficient_funds");
    EXPECT_FALSE(is_not_executed(step.payment));
}

TEST_F(Sale, what_the_psp_refuses_of_the_request_is_422) {
    const Decline refused{DeclineClass::invalid_request, "unknown_payment_method",
                          "The payment method does not exist."};
    const Step step = settle(payment_in(Status::pending), {Outcome::declined, {}, refused, {}});
    EXPECT_EQ(step.http_status, 422);
    EXPECT_EQ(body_of(step).at("code").as_string(), "payment_refused");
    EXPECT_EQ(step.payment.status, Status::failed);
}

TEST_F(Sale, not_executed_says_that_nothing_was_charged_and_to_repeat_the_key) {
    const Step step = settle(payment_in(Status::pending), {Outcome::not_executed, {}, {}, {}});
    EXPECT_TRUE(is_not_executed(step.payment));
    const auto body = body_of(step);
    EXPECT_EQ(body.at("code").as_string(), "not_executed");
    const std::string detail(body.at("detail").as_string());
    EXPECT_NE(detail.find("same Idempotency-Key"), std::string::npos);
    EXPECT_NE(detail.find("Nothing was charged"), std::string::npos);
}

TEST_F(Sale, the_payer_is_sent_to_the_url_of_the_psp) {
    const Step step = settle(payment_in(Status::pending),
                             {Outcome::action_required, "pi_1", {}, NextAction{"https://3ds.example/2"}});
    EXPECT_EQ(step.payment.next_action, NextAction{"https://3ds.example/2"});
    EXPECT_EQ(step.payment.psp_reference, "pi_1");
}

TEST_F(Sale, a_new_url_for_the_payer_is_a_change_of_its_own) {
    const Step step = settle(payment_in(Status::requires_action),
                             {Outcome::action_required, {}, {}, NextAction{"https://3ds.example/2"}});
    EXPECT_EQ(step.payment.next_action, NextAction{"https://3ds.example/2"});
    EXPECT_EQ(step.payment.version, 2);
    EXPECT_FALSE(step.change);
}

TEST_F(Sale, an_unclear_look_takes_no_next_action_back) {
    const Payment before = payment_in(Status::requires_action);
    EXPECT_EQ(settle(before, {Outcome::unknown, {}, {}, {}}).payment.next_action, before.next_action);
    EXPECT_FALSE(settle(before, {Outcome::accepted, {}, {}, {}}).payment.next_action);
}

TEST_F(Sale, a_reference_is_a_change_of_its_own_but_not_from_an_unclear_answer) {
    const Step accepted = settle(payment_in(Status::pending), {Outcome::accepted, "pi_1", {}, {}});
    EXPECT_EQ(accepted.payment.psp_reference, "pi_1");
    EXPECT_EQ(accepted.payment.version, 2);
    EXPECT_FALSE(accepted.change);

    const Step unknown = settle(payment_in(Status::pending), {Outcome::unknown, "pi_foreign", {}, {}});
    EXPECT_FALSE(unknown.payment.psp_reference);
    EXPECT_EQ(unknown.payment.version, 1);
}

TEST_F(Sale, a_reopened_payment_is_pending_as_if_it_had_never_failed) {
    const Payment failed = settle(payment_in(Status::pending), {Outcome::not_executed, "pi_1", {}, {}}).payment;
    const Payment open = reopened(failed, kLater + 1s);
    EXPECT_EQ(open.status, Status::pending);
    EXPECT_EQ(open.version, failed.version + 1);
    EXPECT_EQ(open.updated_at, kLater + 1s);
    EXPECT_FALSE(open.failure_code || open.failure_reason || open.psp_reference);
    EXPECT_EQ(settle(open, {Outcome::approved, "pi_2", {}, {}}).payment.status, Status::captured);
}

TEST_F(Sale, an_adopted_success_leaves_no_trace_of_the_failure) {
    const Step step = settle(payment_in(Status::failed), {Outcome::approved, "pi_1", {}, {}});
    EXPECT_FALSE(step.payment.failure_code || step.payment.failure_reason);
    EXPECT_EQ(step.http_status, 200);
}

TEST_F(Sale, what_is_final_cannot_be_settled_again) {
    for (const Status status : {Status::captured, Status::refunded, Status::voided}) {
        EXPECT_FALSE(can_settle(payment_in(status), attempt_of(payment_in(status))));
        EXPECT_DEATH(settle(payment_in(status), {Outcome::approved, {}, {}, {}}), "assertion.failed");
    }
    Payment declined = payment_in(Status::failed);
    declined.failure_code = "insufficient_funds";
    EXPECT_FALSE(can_settle(declined, attempt_of(declined)));
    EXPECT_DEATH(reopened(declined, kLater), "assertion.failed");
}

}  // namespace
}  // namespace florin::payments
