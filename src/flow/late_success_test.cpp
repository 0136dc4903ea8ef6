// Rule 24 for modifications: an owner sleeps beyond its lease, its operation is taken for not executed, and then it
// wakes with a success.

#include "flow/modification_fixture.hpp"

namespace florin::flow {
namespace {

class LateSuccessTest : public ModificationTest {
protected:
    static FlowOptions options() {
        auto quick = quick_options();
        quick.answer_within = Milliseconds{2'000};  // also what a commit may take, on a busy machine too
        return quick;
    }
    Gateway owner{loop, psp, options()};

    void owner_sleeps(OperationKind kind) {
        payment = kind == OperationKind::refund ? sold() : authorized(100, true);
        psp.hold_next();
        ASSERT_EQ(owner.send(ask(kind, "k", payment))->status, 202);
        end_leases();
        shift_database_clock("24 hours");
        ASSERT_TRUE(worker_settles("k"));
        ASSERT_EQ(stored(gateway, "k").result->outcome, Outcome::not_executed);
        shift_database_clock("0");
    }
    void owner_wakes() {
        psp.release();
        loop.wait_for(owner.operations.drain(Deadline::after(kPatience)));
    }
    bool has_alerted() const { return owner.metrics.render().find("late_success") != std::string::npos; }

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

TEST_P(AdoptionTest, beside_a_newer_attempt_changes_nothing) {
    owner_sleeps(GetParam());
    const auto second = gateway.send(ask(GetParam(), "k", payment));
    ASSERT_TRUE(second);
    ASSERT_EQ(second->status, 200) << second->body;
    const auto before = read(gateway, payment);
    owner_wakes();
    EXPECT_EQ(read(gateway, payment).version, before.version);
    EXPECT_EQ(stored(gateway, "k").result->body, second->body);
    // A release is one however often it succeeds; money that moved twice needs a human.
    EXPECT_EQ(has_alerted(), GetParam() != OperationKind::void_);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, AdoptionTest,
                         testing::Values(OperationKind::capture, OperationKind::void_, OperationKind::refund),
                         [](const auto& kind) { return std::string(payments::to_string(kind.param)); });

TEST_F(LateSuccessTest, that_the_amounts_no_longer_allow_is_told_to_a_human) {
    owner_sleeps(OperationKind::refund);
    ASSERT_EQ(gateway.send(refund("other", payment, 60))->status, 200);
    owner_wakes();
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 60}));
    EXPECT_EQ(stored(gateway, "k").result->outcome, Outcome::not_executed);
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
