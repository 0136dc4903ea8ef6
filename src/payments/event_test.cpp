#include "payments/event.hpp"

#include <gtest/gtest.h>

#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;
using enum Outcome;

struct Row {
    OperationKind kind;
    Outcome outcome;
    const char* type;
};
constexpr auto kRows = std::to_array<Row>({
    {sale, approved, "payment.captured"},
    {sale, declined, "payment.failed"},
    {sale, not_executed, "payment.failed"},
    {authorize, approved, "payment.authorized"},
    {authorize, declined, "payment.failed"},
    {authorize, not_executed, "payment.failed"},
    {capture, approved, "payment.captured"},
    {capture, declined, "payment.capture_failed"},
    {capture, not_executed, "payment.capture_failed"},
    {void_, approved, "payment.voided"},
    {void_, declined, "payment.void_failed"},
    {void_, not_executed, "payment.void_failed"},
    {refund, approved, "refund.succeeded"},
    {refund, declined, "refund.failed"},
    {refund, not_executed, "refund.failed"},
    {expire, approved, "payment.expired"},
    {expire, declined, "payment.void_failed"},
    {expire, not_executed, "payment.void_failed"},
    {capture_failure, approved, "payment.capture_failed"},
    {refund_failure, approved, "refund.failed"},
    {late_void, approved, "payment.compensated"},
    {late_void, declined, "payment.compensation_failed"},
    {late_void, not_executed, "payment.compensation_failed"},
    {late_refund, approved, "payment.compensated"},
    {late_refund, declined, "payment.compensation_failed"},
    {late_refund, not_executed, "payment.compensation_failed"},
    {late_suspense, approved, "payment.compensated"},
});

bool can_end_as(OperationKind kind, Outcome outcome) {
    return closes_attempt(outcome) && (!is_only_recorded(kind) || outcome == approved);
}

TEST(Event, the_end_of_every_kind_of_attempt_has_its_type) {
    std::size_t ends = 0;
    for (int kind = 0; kind <= static_cast<int>(late_suspense); ++kind) {
        for (int outcome = 0; outcome <= static_cast<int>(unknown); ++outcome) {
            ends += can_end_as(static_cast<OperationKind>(kind), static_cast<Outcome>(outcome)) ? 1 : 0;
        }
    }
    EXPECT_EQ(ends, kRows.size());
    for (const auto& [kind, outcome, type] : kRows) {
        EXPECT_EQ(to_string(event_type(kind, outcome)), type) << to_string(kind) << ' ' << to_string(outcome);
    }
}

TEST(Event, a_change_of_status_that_ends_nothing_is_pending_or_requires_action) {
    for (int i = 0; i <= static_cast<int>(Status::failed); ++i) {
        const auto status = static_cast<Status>(i);
        const auto type = event_type(status);
        if (status == Status::pending)
            EXPECT_EQ(type, EventType::payment_pending);
        else if (status == Status::requires_action)
            EXPECT_EQ(type, EventType::payment_requires_action);
        else
            EXPECT_FALSE(type) << to_string(status);
    }
}

TEST(Event, every_type_has_a_word_of_its_own_and_is_found_by_it) {
    for (int i = 0; i <= static_cast<int>(EventType::payment_compensation_failed); ++i) {
        const auto type = static_cast<EventType>(i);
        EXPECT_EQ(parse_event_type(to_string(type)), type);
    }
    EXPECT_FALSE(parse_event_type("payment.created"));
    EXPECT_FALSE(parse_event_type(""));
}

class EventCount : public testing::Test {
protected:
    Payment payment = payment_of(Money(1000, kEur));
    // The payment's next number, or the one that it has where the judgement is no event.
    Step judge(OperationKind kind, std::int64_t amount, const Judgement& judgement, Parameters parameters = {}) {
        Step step = apply(payment, attempt_of(payment, kind, amount, std::move(parameters)), judgement, kLater);
        payment = step.payment;
        return step;
    }
    void reserve(ModificationRequest request) { payment = std::get<Reserved>(decide(payment, request)).payment; }
};

TEST_F(EventCount, each_change_of_status_and_each_end_of_an_attempt_counts_one) {
    judge(authorize, 1000, judged(unknown));
    EXPECT_EQ(payment.events, 0) << "an unclear answer changes nothing";
    Judgement act = judged(action_required);
    act.next_action = NextAction{"https://issuer.example/1"};
    const Step interim = judge(authorize, 1000, act);
    EXPECT_EQ(payment.events, 1);
    EXPECT_EQ(interim.http_status, 0);
    EXPECT_NE(interim.body.find(R"("status":"requires_action")"), std::string::npos);
    judge(authorize, 1000, act);
    EXPECT_EQ(payment.events, 1) << "it must act still";
    judge(authorize, 1000, judged(accepted));
    EXPECT_EQ(payment.events, 2) << "pending again";
    judge(authorize, 1000, granted(true));
    EXPECT_EQ(payment.events, 3);
    reserve({.kind = capture, .amount = 400});
    EXPECT_EQ(payment.events, 3) << "a reservation is shown to nobody";
    judge(capture, 400, judged(declined), {.final = true, .releases = 600});
    EXPECT_EQ(payment.events, 4) << "the status stays, the attempt ended";
}

TEST_F(EventCount, a_payment_that_is_tried_again_goes_on_counting) {
    judge(sale, 1000, judged(not_executed));
    EXPECT_EQ(payment.events, 1);
    payment = reopened(payment, kLater);
    EXPECT_EQ(payment.events, 2);
    judge(sale, 1000, judged(approved));
    EXPECT_EQ(payment.events, 3);
}

TEST_F(EventCount, a_stored_refusal_is_no_event) {
    judge(sale, 1000, judged(approved));
    const Refusal refusal{Error::amount_out_of_range, "too much", "/amount"};
    const Step step = refused(payment, attempt_of(payment, refund, 2000), refusal);
    EXPECT_EQ(step.payment.events, payment.events);
    EXPECT_FALSE(is_event(payment, step));
}

TEST_F(EventCount, what_answers_a_late_success_counts_beside_the_status) {
    judge(sale, 1000, judged(declined));
    const Step step = judge(late_refund, 1000, judged(approved));
    EXPECT_FALSE(step.change);
    EXPECT_EQ(payment.events, 2);
}

}  // namespace
}  // namespace florin::payments
