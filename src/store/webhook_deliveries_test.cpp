// Deliveries from the relay's statement to their end, and what races between relay, workers and merchants leave.
#include "store/webhook_deliveries_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(WebhookDeliveriesTest, the_relay_writes_them_for_endpoints_that_are_enabled_and_want_the_type) {
    const auto all = endpoint();
    const auto captured = endpoint("{payment.captured,refund.failed}");
    endpoint("{payment.failed}");
    endpoint("{}", true);
    set_status(endpoint(), "disabled");
    set_status(endpoint(), "deleted");
    pay();
    const auto rows = query("select endpoint_id, urgency, tries, status from webhook_deliveries order by endpoint_id");
    ASSERT_EQ(rows.size(), 2);
    EXPECT_EQ(rows[0].uuid(0), all.uuid());
    EXPECT_EQ(rows[1].uuid(0), captured.uuid());
    EXPECT_EQ(rows[0].int2(1), 0);
    EXPECT_EQ(rows[0].text(3), "pending");
}

TEST_F(WebhookDeliveriesTest, a_merchant_without_endpoints_has_none) {
    pay();
    EXPECT_EQ(statuses(), "");
}

TEST_F(WebhookDeliveriesTest, a_taken_queue_is_nobody_elses_until_its_lease_ends) {
    const auto id = endpoint();
    pay();
    const auto taken = take();
    ASSERT_THAT(taken, SizeIs(1));
    EXPECT_EQ(taken[0].endpoint, id);
    EXPECT_EQ(taken[0].merchant, merchant_);
    EXPECT_EQ(taken[0].url, "https://shop.example/");
    ASSERT_THAT(taken[0].secrets, SizeIs(1));
    EXPECT_EQ(taken[0].secrets[0].sealed, "old");
    ASSERT_THAT(taken[0].due, SizeIs(1));
    EXPECT_EQ(taken[0].due[0].tries, 0);
    ASSERT_TRUE(taken[0].due[0].told);
    EXPECT_EQ(taken[0].due[0].told->type, "payment.captured");
    EXPECT_THAT(take(), IsEmpty());
    query("update webhook_queues set leased_until = now() - interval '1 s', due_at = now() - interval '1 s'");
    const auto again = take();
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_GT(again[0].generation, taken[0].generation);
}

TEST_F(WebhookDeliveriesTest, a_taken_queue_stays_its_takers_though_an_event_comes) {
    endpoint();
    pay();
    ASSERT_THAT(take(), SizeIs(1));
    pay();
    EXPECT_EQ(queued("due_at <= now()"), 1);
    EXPECT_THAT(take(), IsEmpty());
}

TEST_F(WebhookDeliveriesTest, who_is_late_gives_back_nothing_that_another_has_taken) {
    endpoint();
    pay();
    const auto late = take();
    query("update webhook_queues set leased_until = now() - interval '1 s', due_at = now() - interval '1 s'");
    const auto taken = take();
    ASSERT_THAT(taken, SizeIs(1));
    give_back(late[0]);
    EXPECT_EQ(queued("leased_until > now() and due_at > now()"), 1);
    const auto told = finished(late[0], 0, Delivered{});
    EXPECT_EQ(told.written, 1) << "the delivery is his as much as the other's";
    ASSERT_THAT(told.lost, SizeIs(1));
    EXPECT_EQ(told.lost[0].generation, late[0].generation);
    EXPECT_THAT(finished(taken[0], 0, Delivered{}).lost, IsEmpty());
}

TEST_F(WebhookDeliveriesTest, a_result_is_written_once_and_a_late_one_never) {
    endpoint();
    pay();
    const auto taken = take();
    EXPECT_EQ(finish(taken[0], 0, TryAgain{Milliseconds{60'000}}), 1);
    EXPECT_EQ(statuses(), "pending 1");
    EXPECT_EQ(finish(taken[0], 0, Delivered{}), 0) << "it has had a try since it was read";
    auto second = taken[0];
    second.due[0].tries = 1;
    EXPECT_EQ(finish(second, 0, Delivered{}), 1);
    EXPECT_EQ(finish(second, 0, GivenUp{}), 0);
    EXPECT_EQ(statuses(), "delivered 2");
    EXPECT_EQ(
        count(
            "select count(*) from webhook_deliveries where first_try_at <= last_try_at and delivered_at = last_try_at"),
        1);
}

TEST_F(WebhookDeliveriesTest, a_queue_is_due_with_its_earliest_delivery_or_never) {
    endpoint();
    pay();
    auto taken = take();
    finish(taken[0], 0, TryAgain{Milliseconds{60'000}});
    give_back(taken[0]);
    EXPECT_EQ(queued("due_at between now() + interval '50 s' and now() + interval '70 s' and leased_until is null"), 1);
    query("update webhook_deliveries set due_at = now()");
    query("update webhook_queues set due_at = now()");
    taken = take();
    finish(taken[0], 0, Delivered{});
    give_back(taken[0]);
    EXPECT_EQ(queued("due_at = 'infinity'"), 1);
    EXPECT_THAT(take(), IsEmpty());
}

TEST_F(WebhookDeliveriesTest, what_moves_money_comes_first_and_a_failing_endpoint_gets_what_waits_longest) {
    endpoint();
    for (int i = 0; i < 3; ++i) pay();
    query(
        "update webhook_deliveries set urgency = 1, due_at = now() - interval '1 h' where event_id = "
        "(select max(event_id::text)::uuid from webhook_deliveries)");
    auto taken = take();
    ASSERT_THAT(taken[0].due, SizeIs(3));
    const auto informational = taken[0].due[2].event;
    EXPECT_GT(informational, taken[0].due[0].event);
    give_back(taken[0], 3, Milliseconds{0});
    taken = take();
    ASSERT_THAT(taken, SizeIs(1));
    EXPECT_EQ(taken[0].failures, 3);
    ASSERT_THAT(taken[0].due, SizeIs(1));
    EXPECT_EQ(taken[0].due[0].event, informational);
    give_back(taken[0], 3, Milliseconds{0});
    EXPECT_THAT(take({.queues = 10, .failing = 0}), IsEmpty());
}

TEST_F(WebhookDeliveriesTest, an_event_that_comes_while_the_queue_is_taken_is_not_forgotten) {
    endpoint();
    pay();
    const auto taken = take();
    finish(taken[0], 0, Delivered{});
    pay();
    give_back(taken[0]);
    EXPECT_THAT(take(), SizeIs(1));
}

TEST_F(WebhookDeliveriesTest, an_event_shortens_no_back_off) {
    endpoint();
    pay();
    const auto taken = take();
    finish(taken[0], 0, TryAgain{Milliseconds{1'000}});
    pay();
    give_back(taken[0], 1, Milliseconds{60'000});
    pay();
    EXPECT_THAT(take(), IsEmpty());
    EXPECT_EQ(queued("due_at > now() + interval '50 s' and failures = 1 and failing_since is not null"), 1);
    query("delete from webhook_deliveries");
    query("update webhook_queues set due_at = 'infinity'");
    pay();
    EXPECT_EQ(queued("due_at = retry_at"), 1) << "what rests without a delivery is due at the end of its back-off";
}

// The relay's statement has begun, and does not see that the queue is taken, nor the worker what the relay adds.
TEST_F(WebhookDeliveriesTest, an_event_that_is_added_while_the_queue_is_given_back_is_not_forgotten) {
    endpoint();
    pay();
    const auto taken = take();
    finish(taken[0], 0, Delivered{});
    auto relay = connect();
    wait(relay->run("begin; update webhook_queues set due_at = now()", soon()));
    std::vector<Task<bool>> tasks;
    struct Both {
        static Task<bool> back(WebhookDeliveries& deliveries, TakenQueue queue) {
            co_await deliveries.give_back(
                {{.endpoint = queue.endpoint, .generation = queue.generation, .has_answered = true}}, soon());
            co_return true;
        }
        static Task<bool> commit(postgres::Connection& connection, ConnectionPtr watcher) {
            const std::string waits = "select count(*) from pg_locks where not granted";
            const auto until = soon();
            while ((co_await watcher->query(waits, {}, until))[0].int8(0) == 0 && !until.passed()) {
            }
            co_await connection.run("commit", soon());
            co_return true;
        }
    };
    tasks.push_back(Both::back(deliveries(), taken[0]));
    tasks.push_back(Both::commit(*relay, connect()));
    wait_all(std::move(tasks));
    EXPECT_EQ(queued("due_at <= now() and leased_until is null"), 1);
}

TEST_F(WebhookDeliveriesTest, o_13_a_deleted_endpoint_is_sent_nothing_and_a_disabled_one_keeps_what_waits) {
    const auto deleted = endpoint();
    const auto disabled = endpoint();
    pay();
    set_status(deleted, "deleted");
    set_status(disabled, "disabled");
    EXPECT_THAT(take(), IsEmpty());
    EXPECT_EQ(queued("due_at = 'infinity'"), 1);
    EXPECT_THAT(take(), IsEmpty()) << "the deleted one has nothing left";
    EXPECT_EQ(queued("due_at = 'infinity' and leased_until is null"), 2);
    EXPECT_EQ(statuses(), "cancelled 0, pending 0");
    set_status(disabled, "enabled");
    ASSERT_THAT(take(), SizeIs(1));
}

TEST_F(WebhookDeliveriesTest, an_endpoint_is_disabled_once_with_a_notice_and_a_row_of_the_log) {
    const auto failing = endpoint();
    const auto other = endpoint("{webhook_endpoint.disabled}");
    pay();
    const auto taken = take();
    EXPECT_TRUE(wait(deliveries().disable(failing, DisableReason::failing, soon())));
    EXPECT_FALSE(wait(deliveries().disable(failing, DisableReason::gone, soon())));
    give_back(taken[0], 1, Milliseconds{0});
    EXPECT_EQ(queued("due_at = 'infinity' and failures = 0"), 1);
    const auto queues = take();
    ASSERT_THAT(queues, SizeIs(1));
    EXPECT_EQ(queues[0].endpoint, other);
    const auto& told = queues[0].due.at(0).told;
    ASSERT_TRUE(told);
    EXPECT_EQ(told->type, "webhook_endpoint.disabled");
    EXPECT_FALSE(told->of);
    EXPECT_EQ(told->body, R"({"endpoint_id":")" + to_string(failing) + R"(","reason":"failing"})");
    const auto found = wait(events().find(merchant_, false, told->id, soon()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body, told->body);
    EXPECT_EQ(
        count("select count(*) from admin_audit_log where actor = 'florin' and subject = '" + to_string(failing) + "'"),
        1);
}

TEST_F(WebhookDeliveriesTest, the_backlog_is_counted) {
    const auto failing = endpoint();
    endpoint();
    pay();
    const auto taken = take();
    for (const auto& queue : taken) give_back(queue, queue.endpoint == failing ? 1 : 0, Milliseconds{60'000});
    query("update webhook_queues set due_at = due_at - interval '7 s' where failures = 0");
    wait(deliveries().disable(endpoint(), DisableReason::gone, soon()));
    const auto backlog = wait(deliveries().backlog(soon()));
    EXPECT_EQ(backlog.failing, 1);
    EXPECT_EQ(backlog.disabled, 1);
    EXPECT_GE(backlog.lag, Milliseconds{7'000});
    EXPECT_EQ(backlog.pending, 4) << "the notice goes to both, too";
}

TEST_F(WebhookDeliveriesTest, an_endpoint_for_which_nothing_waits_is_not_late) {
    endpoint();
    query("update webhook_queues set due_at = 'infinity', leased_until = null");
    EXPECT_EQ(wait(deliveries().backlog(soon())).lag, Milliseconds{0});
}

}  // namespace
}  // namespace florin::store::test
