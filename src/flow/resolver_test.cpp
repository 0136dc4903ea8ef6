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

// However long: an account with a hundred payments a second lists thousands of pages of an hour.
TEST_F(ResolverTest, a_list_that_is_too_long_for_one_deadline_is_read_on_until_it_proves) {
    psp.answers = {unclear()};
    for (int page = 1; page <= 5; ++page) {
        psp.sweeps.push_back({.found = {}, .evidence = "timeout", .requests = 1, .next = "pi_" + std::to_string(page)});
    }
    left_open("k");
    Database::shared().run("update open_operations set tries = 100");
    shift_database_clock("2 hours");
    ASSERT_TRUE(resolves("k"));
    EXPECT_EQ(stored(gateway, "k").result->outcome, payments::Outcome::not_executed);
    EXPECT_EQ(psp.look_ups, 6U);
    EXPECT_EQ(psp.last_look_up.begun.next, "pi_5");
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

}  // namespace
}  // namespace florin::flow
