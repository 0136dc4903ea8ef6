#include <gtest/gtest.h>

#include <algorithm>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

// An owner that sleeps beyond its lease, then wakes with an answer.
class StaleOwnerTest : public FlowTest {
protected:
    static FlowOptions impatient() {
        auto quick = quick_options();
        quick.answer_within = Milliseconds{2'000};  // also what a commit may take, on a busy machine too
        return quick;
    }
    Gateway owner{loop, psp, impatient()};
    Gateway other{loop, psp, quick_options()};

    void owner_sleeps(const std::string& key, psp::Answer wakes_with) {
        psp.answers = {std::move(wakes_with)};
        psp.hold_next();
        ASSERT_EQ(owner.send(command(key))->status, 202);
        end_leases();
    }
    bool other_resolves(const std::string& key) {
        other.start_worker();
        const bool settled = eventually_settled(other, key);
        other.stop_worker();
        return settled;
    }
    void owner_wakes() {
        psp.release();
        loop.wait_for(owner.operations.drain(Deadline::after(kPatience)));
    }
    std::size_t entries(const std::string& key) {
        const auto payment = stored(other, key).payment.id;
        return loop.wait_for(other.store.ledger_of(payment, Deadline::after(kPatience))).size();
    }
    // Two charges stood at once: the sale's four lines, the three of the second one and the two of its return.
    void expect_given_back(const std::string& key) {
        const auto payment = stored(other, key).payment.id;
        const auto rows = loop.wait_for(other.store.operations_of(payment, Deadline::after(kPatience)));
        const auto is_return = [](const store::OperationRow& row) {
            return row.attempt.kind == payments::OperationKind::late_refund &&
                   row.outcome == payments::Outcome::approved;
        };
        EXPECT_EQ(std::ranges::count_if(rows, is_return), 1);
        EXPECT_EQ(entries(key), 9U);
        EXPECT_NE(owner.metrics.render().find("late_refund"), std::string::npos);
    }
};

TEST_F(StaleOwnerTest, a_repeat_in_another_process_adopts_and_the_owner_changes_nothing) {
    owner_sleeps("k", approved("pi_one"));
    psp.answers = {approved("pi_one")};
    const auto adopted = other.send(command("k"));
    EXPECT_EQ(adopted->status, 200);
    owner_wakes();
    EXPECT_EQ(other.send(command("k"))->body, adopted->body);
    EXPECT_EQ(entries("k"), 4U);
}

TEST_F(StaleOwnerTest, another_charge_of_its_own_is_never_taken_for_the_booked_one) {
    owner_sleeps("k", approved("pi_two"));
    psp.answers = {approved("pi_three")};
    ASSERT_EQ(other.send(command("k"))->status, 200);
    owner_wakes();
    EXPECT_EQ(stored(other, "k").payment.psp_reference, "pi_three");
    expect_given_back("k");
}

TEST_F(StaleOwnerTest, it_cannot_write_not_executed_after_another_has_settled) {
    owner_sleeps("k", refused_unsent());
    ASSERT_TRUE(other_resolves("k"));
    owner_wakes();
    EXPECT_EQ(stored(other, "k").result->http_status, 200);
    EXPECT_EQ(stored(other, "k").attempt.number, 1);
}

TEST_F(StaleOwnerTest, it_cannot_write_not_executed_while_another_holds_the_lease) {
    owner_sleeps("k", refused_unsent());
    psp.answers = {unclear()};
    EXPECT_EQ(other.send(command("k"))->status, 202);
    owner_wakes();
    EXPECT_FALSE(stored(other, "k").result);
}

TEST_F(StaleOwnerTest, its_late_success_becomes_the_next_attempt_of_what_was_taken_for_not_executed) {
    owner_sleeps("k", approved("pi_late_1"));
    shift_database_clock("2 hours");
    ASSERT_TRUE(other_resolves("k"));
    ASSERT_EQ(stored(other, "k").result->http_status, 503);
    owner_wakes();
    const auto after = stored(other, "k");
    EXPECT_EQ(after.attempt.number, 2);
    ASSERT_TRUE(after.result);
    EXPECT_EQ(after.result->http_status, 200);
    EXPECT_EQ(after.payment.status, payments::Status::captured);
    EXPECT_EQ(other.send(command("k"))->body, after.result->body);
    EXPECT_EQ(entries("k"), 4U);
}

TEST_F(StaleOwnerTest, its_late_success_beside_a_newer_attempt_is_given_back) {
    owner_sleeps("k", approved("pi_late_2"));
    shift_database_clock("2 hours");
    ASSERT_TRUE(other_resolves("k"));
    const auto second = other.send(command("k"));
    ASSERT_EQ(second->status, 200);
    owner_wakes();
    EXPECT_EQ(stored(other, "k").result->body, second->body);
    expect_given_back("k");
}

}  // namespace
}  // namespace florin::flow
