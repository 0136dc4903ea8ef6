#include <gtest/gtest.h>

#include "base/json.hpp"
#include "payments/document.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using namespace std::chrono_literals;

const Decline kNoMoney{DeclineClass::soft, "insufficient_funds", "The card has insufficient funds."};

class Creation : public testing::TestWithParam<OperationKind> {
protected:
    static Payment payment_in(Status status) {
        Payment payment = payment_of(Money(1050, kEur));
        payment.capture = GetParam() == OperationKind::sale;
        payment.status = status;
        if (status == Status::requires_action) payment.next_action = NextAction{"https://3ds.example/1"};
        if (status == Status::failed) payment.failure_code = "not_executed";
        return payment;
    }
    static Attempt its_attempt(const Payment& payment) { return attempt_of(payment, GetParam(), 1050); }
    static Status success() { return GetParam() == OperationKind::sale ? Status::captured : Status::authorized; }
    static Step settle(const Payment& payment, Judgement judgement) {
        if (judgement.outcome == Outcome::approved) judgement.capture_before = kCaptureBefore;
        return apply(payment, its_attempt(payment), judgement, kLater);
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

TEST_P(Creation, every_outcome_has_its_status_and_its_answer) {
    const Row rows[] = {
        {Status::pending, Outcome::approved, success(), 200, true},
        {Status::pending, Outcome::declined, Status::failed, 402, true},
        {Status::pending, Outcome::not_executed, Status::failed, 503, true},
        {Status::pending, Outcome::action_required, Status::requires_action, 0, true},
        {Status::pending, Outcome::accepted, Status::pending, 0, false},
        {Status::pending, Outcome::unknown, Status::pending, 0, false},
        {Status::requires_action, Outcome::approved, success(), 200, true},
        {Status::requires_action, Outcome::declined, Status::failed, 402, true},
        {Status::requires_action, Outcome::not_executed, Status::failed, 503, true},
        {Status::requires_action, Outcome::action_required, Status::requires_action, 0, false},
        {Status::requires_action, Outcome::accepted, Status::pending, 0, true},
        {Status::requires_action, Outcome::unknown, Status::requires_action, 0, false},
        {Status::failed, Outcome::approved, success(), 200, true},  // adopted by attempt n+1
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(to_string(row.from)) + " " + std::string(to_string(row.outcome)));
        const Payment before = payment_in(row.from);
        const Step step = settle(before, judged(row.outcome));

        EXPECT_EQ(step.payment.status, row.to);
        EXPECT_EQ(step.http_status, row.http_status);
        EXPECT_EQ(step.body.empty(), row.http_status == 0 && !step.change);
        EXPECT_EQ(step.payment.version, row.changes ? 2 : 1);
        EXPECT_EQ(step.payment.updated_at, row.changes ? kLater : kCreated);
        EXPECT_EQ(step.change.has_value(), row.from != row.to);
        if (step.change) EXPECT_EQ(*step.change, (StatusChange{row.from, row.to}));
        if (row.http_status != 0) EXPECT_FALSE(step.payment.next_action);
    }
}

TEST_P(Creation, approved_takes_the_whole_amount_and_answers_the_document) {
    const bool sale = GetParam() == OperationKind::sale;
    const Step step = settle(payment_in(Status::pending), {Outcome::approved, "pi_1", {}, {}});
    EXPECT_EQ(step.payment.amounts, (Amounts{.authorized = 1050, .captured = sale ? 1050 : 0}));
    EXPECT_EQ(step.payment.capture_before, sale ? std::nullopt : std::optional(kCaptureBefore));
    EXPECT_FALSE(step.payment.multiple_captures);
    EXPECT_EQ(step.payment.psp_reference, "pi_1");
    EXPECT_FALSE(step.payment.failure_code);
    EXPECT_EQ(step.body, document(step.payment));
    EXPECT_EQ(body_of(step).at("sequence").as_int64(), 2);
}

TEST_P(Creation, declined_answers_a_problem_that_carries_the_payment) {
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

TEST_P(Creation, what_the_psp_refuses_of_the_request_is_422) {
    const Decline refused{DeclineClass::invalid_request, "unknown_payment_method",
                          "The payment method does not exist."};
    const Step step = settle(payment_in(Status::pending), {Outcome::declined, {}, refused, {}});
    EXPECT_EQ(step.http_status, 422);
    EXPECT_EQ(body_of(step).at("code").as_string(), "payment_refused");
    EXPECT_EQ(step.payment.status, Status::failed);
}

TEST_P(Creation, not_executed_says_that_nothing_was_charged_and_to_repeat_the_key) {
    const Step step = settle(payment_in(Status::pending), {Outcome::not_executed, {}, {}, {}});
    EXPECT_TRUE(is_not_executed(step.payment));
    const auto body = body_of(step);
    EXPECT_EQ(body.at("code").as_string(), "not_executed");
    const std::string detail(body.at("detail").as_string());
    EXPECT_NE(detail.find("same Idempotency-Key"), std::string::npos);
    EXPECT_NE(detail.find("Nothing was charged"), std::string::npos);
}

TEST_P(Creation, the_payer_is_sent_to_the_url_of_the_psp) {
    const Step step = settle(payment_in(Status::pending),
                             {Outcome::action_required, "pi_1", {}, NextAction{"https://3ds.example/2"}});
    EXPECT_EQ(step.payment.next_action, NextAction{"https://3ds.example/2"});
    EXPECT_EQ(step.payment.psp_reference, "pi_1");
}

TEST_P(Creation, a_new_url_for_the_payer_is_a_change_of_its_own) {
    const Step step = settle(payment_in(Status::requires_action),
                             {Outcome::action_required, {}, {}, NextAction{"https://3ds.example/2"}});
    EXPECT_EQ(step.payment.next_action, NextAction{"https://3ds.example/2"});
    EXPECT_EQ(step.payment.version, 2);
    EXPECT_FALSE(step.change);
}

TEST_P(Creation, an_unclear_look_takes_no_next_action_back) {
    const Payment before = payment_in(Status::requires_action);
    EXPECT_EQ(settle(before, {Outcome::unknown, {}, {}, {}}).payment.next_action, before.next_action);
    EXPECT_FALSE(settle(before, {Outcome::accepted, {}, {}, {}}).payment.next_action);
}

TEST_P(Creation, a_reference_is_a_change_of_its_own_but_not_from_an_unclear_answer) {
    const Step accepted = settle(payment_in(Status::pending), {Outcome::accepted, "pi_1", {}, {}});
    EXPECT_EQ(accepted.payment.psp_reference, "pi_1");
    EXPECT_EQ(accepted.payment.version, 2);
    EXPECT_FALSE(accepted.change);

    const Step unknown = settle(payment_in(Status::pending), {Outcome::unknown, "pi_foreign", {}, {}});
    EXPECT_FALSE(unknown.payment.psp_reference);
    EXPECT_EQ(unknown.payment.version, 1);
}

TEST_P(Creation, a_reopened_payment_is_pending_as_if_it_had_never_failed) {
    const Payment failed = settle(payment_in(Status::pending), {Outcome::not_executed, "pi_1", {}, {}}).payment;
    const Payment open = reopened(failed, kLater + 1s);
    EXPECT_EQ(open.status, Status::pending);
    EXPECT_EQ(open.version, failed.version + 1);
    EXPECT_EQ(open.updated_at, kLater + 1s);
    EXPECT_FALSE(open.failure_code || open.failure_reason || open.psp_reference);
    EXPECT_EQ(settle(open, {Outcome::approved, "pi_2", {}, {}}).payment.status, success());
}

TEST_P(Creation, an_adopted_success_leaves_no_trace_of_the_failure) {
    const Step step = settle(payment_in(Status::failed), {Outcome::approved, "pi_1", {}, {}});
    EXPECT_FALSE(step.payment.failure_code || step.payment.failure_reason);
    EXPECT_EQ(step.http_status, 200);
}

TEST_P(Creation, what_is_final_cannot_be_settled_again) {
    for (const Status status : {Status::authorized, Status::captured, Status::refunded, Status::voided}) {
        EXPECT_FALSE(can_settle(payment_in(status), its_attempt(payment_in(status))));
        EXPECT_DEATH(settle(payment_in(status), judged(Outcome::approved)), "assertion.failed");
    }
    Payment declined = payment_in(Status::failed);
    declined.failure_code = "insufficient_funds";
    EXPECT_FALSE(can_settle(declined, its_attempt(declined)));
    EXPECT_DEATH(reopened(declined, kLater), "assertion.failed");
    Payment other = payment_in(Status::pending);
    other.id = PaymentId::make(kCreated, {5}, false);
    EXPECT_FALSE(can_settle(other, its_attempt(payment_in(Status::pending))));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Creation, testing::Values(OperationKind::sale, OperationKind::authorize),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

// asked for, granted by the PSP → several captures
TEST(Authorization, several_captures_need_to_be_asked_for_and_granted) {
    for (const auto& [asked, granted_by_psp, several] :
         {std::tuple(false, false, false), {false, true, false}, {true, false, false}, {true, true, true}}) {
        Payment payment = payment_of(Money(1050, kEur));
        payment.multiple_captures = asked;
        const Attempt attempt = attempt_of(payment, OperationKind::authorize, 1050, {.multiple_captures = asked});
        EXPECT_EQ(apply(payment, attempt, granted(granted_by_psp), kLater).payment.multiple_captures, several);
    }
}

TEST(AuthorizationDeathTest, an_approval_says_until_when_it_may_be_captured) {
    const Payment payment = payment_of(Money(1050, kEur));
    EXPECT_DEATH(apply(payment, attempt_of(payment, OperationKind::authorize, 1050), judged(Outcome::approved), kLater),
                 "assertion.failed.*capture_before");
}

}  // namespace
}  // namespace florin::payments
