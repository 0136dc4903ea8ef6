#include <gmock/gmock.h>

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class ResolverTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};

    // Sends, expects 202, and lets the resolver take it at once.
    std::string left_open(const std::string& key) {
        const auto answer = gateway.send(command(key));
        EXPECT_TRUE(answer && answer->status == 202);
        end_leases();
        return answer ? answer->body : "";
    }
    bool resolves(const std::string& key) {
        gateway.start_worker();
        const bool settled = eventually_settled(gateway, key);
        gateway.stop_worker();
        return settled;
    }
    bool resolver_asks(const std::function<bool()>& condition) {
        gateway.start_worker();
        const bool asked = loop.until(condition);
        gateway.stop_worker();
        return asked;
    }
    psp::Sweep found(psp::Answer answer) const {
        const auto& call = psp.calls.back();
        psp::Sweep sweep;
        sweep.complete = true;
        sweep.found.emplace(psp::idempotency_key(call.operation, call.attempt), std::move(answer));
        return sweep;
    }
};

TEST_F(ResolverTest, an_unclear_answer_is_settled_by_a_repeat_with_identical_content) {
    psp.answers = {unclear()};
    left_open("k");
    ASSERT_TRUE(resolves("k"));
    const auto answer = gateway.send(command("k"));
    EXPECT_EQ(answer->status, 200);
    EXPECT_TRUE(answer->replayed);
    ASSERT_EQ(psp.calls.size(), 2U);
    EXPECT_EQ(psp.calls[1].attempt, 1);
    EXPECT_EQ(psp.calls[1].operation, psp.calls[0].operation);
}

TEST_F(ResolverTest, it_books_with_the_merchants_fee_and_the_psps) {
    psp.answers = {unclear()};
    left_open("k");
    ASSERT_TRUE(resolves("k"));
    const auto payment = stored(gateway, "k").payment.id;
    std::vector<std::int64_t> amounts;
    for (const auto& row : loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)))) {
        amounts.push_back(row.amount);
    }
    // 2.9 % + 30 of 1000 for the PSP, 1 % + 10 for the platform.
    EXPECT_THAT(amounts, testing::UnorderedElementsAre(941, 59, -980, -20));
}

TEST_F(ResolverTest, a_refusal_of_a_repeat_proves_nothing) {
    psp.answers = {unclear(), refused_unsent(), refused_unsent()};
    left_open("k");
    EXPECT_TRUE(resolver_asks([&] { return psp.calls.size() >= 3; }));
    EXPECT_FALSE(stored(gateway, "k").result && stored(gateway, "k").result->http_status == 503);
}

TEST_F(ResolverTest, a_fenced_look_up_that_finds_nothing_proves_it_and_the_same_key_opens_the_next_attempt) {
    psp.answers = {unclear(), unclear(true)};
    left_open("k");
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(psp.calls.size(), 2U);
    EXPECT_EQ(psp.look_ups, 1U);
    EXPECT_EQ(stored(gateway, "k").result->http_status, 503);

    const auto again = gateway.send(command("k"));
    EXPECT_EQ(again->status, 200);
    EXPECT_EQ(psp.calls.back().attempt, 2);
}

TEST_F(ResolverTest, a_stored_success_is_no_fence_however_strange_its_object) {
    auto strange = unclear(true);
    strange.http_status = 200;
    psp.answers = {unclear(), strange, strange, approved("pi_1")};
    left_open("k");
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(psp.look_ups, 0U);
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
}

TEST_F(ResolverTest, what_a_fenced_look_up_finds_counts) {
    psp.answers = {unclear(), unclear(true)};
    left_open("k");
    psp.sweeps = {found(approved("pi_found_1"))};
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(stored(gateway, "k").payment.psp_reference, "pi_found_1");
}

TEST_F(ResolverTest, an_incomplete_look_up_proves_nothing) {
    psp.answers = {unclear(), unclear(true)};
    psp.sweeps = {psp::Sweep{.complete = false, .found = {}, .evidence = "page 2: timeout"}};
    left_open("k");
    ASSERT_TRUE(resolver_asks([&] { return psp.look_ups == 1; }));
    EXPECT_FALSE(stored(gateway, "k").result);
    EXPECT_EQ(stored(gateway, "k").attempt.number, 1);
}

TEST_F(ResolverTest, past_execute_until_nothing_is_sent_and_absence_proves_nothing) {
    psp.answers = {unclear()};
    left_open("k");
    shift_database_clock("20 minutes");
    ASSERT_TRUE(resolver_asks([&] { return psp.look_ups == 1; }));
    EXPECT_FALSE(stored(gateway, "k").result);
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(ResolverTest, a_look_up_past_the_time_fence_that_finds_nothing_proves_it_without_a_repeat) {
    psp.answers = {unclear()};
    left_open("k");
    shift_database_clock("2 hours");
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(psp.calls.size(), 1U);
    EXPECT_EQ(stored(gateway, "k").result->outcome, payments::Outcome::not_executed);
}

TEST_F(ResolverTest, where_a_used_key_can_execute_again_the_repeat_is_never_sent) {
    psp.table.stores_errors = false;
    psp.answers = {unclear()};
    left_open("k");
    psp.sweeps = {psp::Sweep{.complete = true, .found = {}, .evidence = ""}, found(approved("pi_found_2"))};
    end_leases();
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(psp.calls.size(), 1U);
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
}

TEST_F(ResolverTest, a_payer_who_acts_is_seen_by_reading_the_object) {
    psp.answers = {action_required("pi_3ds_1", "https://bank.example/3ds")};
    const auto body = left_open("k");
    EXPECT_NE(body.find(R"("status":"requires_action")"), std::string::npos) << body;
    EXPECT_NE(body.find("https://bank.example/3ds"), std::string::npos) << body;
    psp.reads = {action_required("pi_3ds_1", "https://bank.example/3ds"), approved("pi_3ds_1")};
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(gateway.send(command("k"))->status, 200);
    EXPECT_EQ(psp.calls.size(), 1U);
    EXPECT_EQ(psp.read_calls.front(), "pi_3ds_1");
}

TEST_F(ResolverTest, a_payer_who_never_acts_is_given_up_and_settled_as_the_psp_then_says) {
    psp.answers = {action_required("pi_3ds_2", "https://bank.example/3ds")};
    left_open("k");
    shift_database_clock("61 minutes");
    psp.abandons = {declined("pi_3ds_2", "authentication_abandoned")};
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 402);
    EXPECT_EQ(psp.abandon_calls.size(), 1U);
}

// Rule 8: the cancel may have come before the charge.
TEST_F(ResolverTest, a_cancel_that_finds_nothing_proves_nothing) {
    psp.answers = {action_required("pi_3ds_3", "https://bank.example/3ds")};
    left_open("k");
    shift_database_clock("61 minutes");
    psp.abandons = {unclear(), unclear(), unclear(), unclear()};
    ASSERT_TRUE(resolver_asks([&] { return !psp.abandon_calls.empty(); }));
    EXPECT_FALSE(stored(gateway, "k").result);
    psp.abandons = {approved("pi_3ds_3")};
    end_leases();
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 200);
}

TEST_F(ResolverTest, what_the_psp_works_on_is_read_until_it_is_done) {
    psp.answers = {accepted("pi_debit_1")};
    left_open("k");
    psp.reads = {declined("pi_debit_1")};
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(stored(gateway, "k").result->http_status, 402);
}

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
