// Rule 24 for modifications: an owner sleeps beyond its lease, its operation is taken for not executed, and then it
// wakes with a success.

#include "flow/late_fixture.hpp"

namespace florin::flow {
namespace {

class LateSuccessTest : public LateFixture {
protected:
    void owner_sleeps(OperationKind kind) {
        payment = kind == OperationKind::refund ? sold() : authorized(100, true);
        owner_sleeps_on(ask(kind, "k", payment));
    }
    PaymentId payment;
};

class AdoptionTest : public LateSuccessTest, public testing::WithParamInterface<OperationKind> {};

TEST_P(AdoptionTest, becomes_the_next_attempt_of_what_was_taken_for_not_executed) {
    owner_sleeps(GetParam());
    owner_wakes();
    const auto after = stored(gateway, "k");
    EXPECT_EQ(after.attempt.number, 2);
    ASSERT_TRUE(after.result);
    EXPECT_EQ(after.result->http_status, 200);
    const auto now = amounts(payment);
    EXPECT_EQ(now.capturing + now.voiding + now.refunding, 0);
    const auto done = GetParam() == OperationKind::refund ? now.refunded : now.captured + now.voided;
    EXPECT_EQ(done, 100);
    EXPECT_TRUE(has_alerted());
    EXPECT_EQ(gateway.send(ask(GetParam(), "k", payment))->body, after.result->body);
}

TEST_P(AdoptionTest, beside_a_newer_attempt_leaves_what_the_payment_shows) {
    owner_sleeps(GetParam());
    const auto second = gateway.send(ask(GetParam(), "k", payment));
    ASSERT_TRUE(second);
    ASSERT_EQ(second->status, 200) << second->body;
    const auto before = read(gateway, payment);
    owner_wakes();
    EXPECT_EQ(read(gateway, payment).amounts, before.amounts);
    EXPECT_EQ(read(gateway, payment).updated_at, before.updated_at);
    EXPECT_EQ(stored(gateway, "k").result->body, second->body);
    // A release is one however often it succeeds. A second capture is given back; a second refund cannot be undone.
    std::vector<OperationKind> kinds;
    for (const auto& row : answers(payment)) kinds.push_back(row.attempt.kind);
    const std::map<OperationKind, std::vector<OperationKind>> wanted = {
        {OperationKind::capture, {OperationKind::late_refund}},
        {OperationKind::void_, {}},
        {OperationKind::refund, {OperationKind::late_suspense}}};
    EXPECT_EQ(kinds, wanted.at(GetParam()));
    EXPECT_EQ(has_alerted(), !kinds.empty());
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, AdoptionTest,
                         testing::Values(OperationKind::capture, OperationKind::void_, OperationKind::refund),
                         [](const auto& kind) { return std::string(payments::to_string(kind.param)); });

TEST_F(LateSuccessTest, that_the_amounts_no_longer_allow_ends_in_suspense) {
    owner_sleeps(OperationKind::refund);
    ASSERT_EQ(gateway.send(refund("other", payment, 60))->status, 200);
    owner_wakes();
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 60}));
    EXPECT_EQ(stored(gateway, "k").result->outcome, Outcome::not_executed);
    EXPECT_TRUE(has_alerted());
    EXPECT_EQ(late_lines(payment),
              (std::vector<std::string>{"late_charge late_charges:EUR 100", "late_charge receivable:EUR -100",
                                        "late_suspense suspense:EUR 100", "late_suspense late_charges:EUR -100"}));
}

// Of a release nothing tells whose it was.
TEST_F(LateSuccessTest, of_a_void_is_no_news_once_another_one_has_released_the_hold) {
    owner_sleeps(OperationKind::void_);
    ASSERT_EQ(gateway.send(release("other", payment))->status, 200);
    owner_wakes();
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .voided = 100}));
    EXPECT_TRUE(answers(payment).empty());
    EXPECT_FALSE(has_alerted());
}

TEST_F(LateSuccessTest, of_a_void_whose_repeat_was_refused_is_no_news_once_another_one_has_released_the_hold) {
    owner_sleeps(OperationKind::void_);
    ASSERT_EQ(gateway.send(release("other", payment))->status, 200);
    ASSERT_EQ(gateway.send(release("k", payment))->status, 422);
    owner_wakes();
    EXPECT_EQ(stored(gateway, "k").result->http_status, 422);
    EXPECT_TRUE(answers(payment).empty());
    EXPECT_FALSE(has_alerted());
}

TEST_F(LateSuccessTest, of_a_refund_whose_repeat_was_refused_ends_in_suspense) {
    owner_sleeps(OperationKind::refund);
    ASSERT_EQ(gateway.send(refund("other", payment, 60))->status, 200);
    const auto refused = gateway.send(ask(OperationKind::refund, "k", payment));
    ASSERT_EQ(refused->status, 422);
    owner_wakes();
    EXPECT_EQ(stored(gateway, "k").result->body, refused->body);
    EXPECT_EQ(amounts(payment).refunded, 60);
    ASSERT_EQ(answers(payment).size(), 1U);
    EXPECT_EQ(answers(payment)[0].attempt.kind, OperationKind::late_suspense);
}

TEST_F(LateSuccessTest, of_a_void_whose_hold_was_captured_meanwhile_ends_in_suspense) {
    owner_sleeps(OperationKind::void_);
    ASSERT_EQ(gateway.send(capture("other", payment))->status, 200);
    owner_wakes();
    ASSERT_EQ(answers(payment).size(), 1U);
    EXPECT_EQ(answers(payment)[0].attempt.kind, OperationKind::late_suspense);
    EXPECT_TRUE(has_alerted());
}

TEST_F(LateSuccessTest, waits_for_an_open_operation_that_holds_the_amount) {
    owner_sleeps(OperationKind::refund);
    psp.answers = {unclear(), declined("re_" + to_string(merchant.id))};
    ASSERT_EQ(gateway.send(refund("other", payment, 60))->status, 202);
    psp.release();
    loop.wait_for(owner.operations.drain(Deadline::after(Milliseconds{500})));
    EXPECT_FALSE(has_alerted());
    end_leases();
    ASSERT_TRUE(worker_settles("other"));
    loop.wait_for(owner.operations.drain(Deadline::after(kPatience)));
    EXPECT_EQ(stored(gateway, "other").result->http_status, 422);
    EXPECT_EQ(amounts(payment).refunded, 100);
    EXPECT_EQ(stored(gateway, "k").attempt.number, 2);
}

}  // namespace
}  // namespace florin::flow
