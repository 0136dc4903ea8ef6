// What merchants and operators see of deliveries and do with them: tests, lists, replays.
#include "store/webhook_deliveries_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::SizeIs;

class DeliveryRecordsTest : public WebhookDeliveriesTest {};

TEST_F(DeliveryRecordsTest, a_test_goes_to_its_endpoint_alone) {
    const auto id = endpoint("{payment.captured}");
    endpoint();
    const auto event = wait(deliveries().send_test(id, merchant_, false, soon()));
    ASSERT_TRUE(event);
    const auto taken = take();
    ASSERT_THAT(taken, SizeIs(1));
    EXPECT_EQ(taken[0].endpoint, id);
    EXPECT_EQ(taken[0].due.at(0).event, *event);
    EXPECT_FALSE(wait(deliveries().send_test(id, merchant_, true, soon())));
    set_status(id, "disabled");
    EXPECT_FALSE(wait(deliveries().send_test(id, merchant_, false, soon())));
}

TEST_F(DeliveryRecordsTest, a_list_has_pages_and_filters) {
    const auto id = endpoint();
    for (int i = 0; i < 3; ++i) pay();
    const auto taken = take();
    finish(taken[0], 0, GivenUp{});
    finish(taken[0], 1, TryAgain{Milliseconds{60'000}});
    const auto one = wait(deliveries().list({.endpoint = id, .limit = 2}, soon()));
    ASSERT_THAT(one.rows, SizeIs(2));
    EXPECT_TRUE(one.has_more);
    EXPECT_EQ(one.rows[0].event, taken[0].due[2].event);
    EXPECT_EQ(one.rows[0].tries, 0);
    EXPECT_EQ(one.rows[1].last_error, "answered 500");
    EXPECT_TRUE(one.rows[1].next_try);
    const auto two =
        wait(deliveries().list({.endpoint = id, .limit = 2, .starting_after = one.next_starting_after}, soon()));
    ASSERT_THAT(two.rows, SizeIs(1));
    EXPECT_EQ(two.rows[0].status, DeliveryStatus::failed);
    EXPECT_FALSE(two.has_more);
    const auto failed = wait(deliveries().list({.endpoint = id, .status = DeliveryStatus::failed}, soon()));
    ASSERT_THAT(failed.rows, SizeIs(1));
    EXPECT_EQ(failed.rows[0].type, "payment.captured");
    const auto found = wait(deliveries().find(id, failed.rows[0].event, soon()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->last_status, 500);
}

TEST_F(DeliveryRecordsTest, o_16_a_replay_is_bounded_audited_and_done_once) {
    const auto id = endpoint();
    for (int i = 0; i < 3; ++i) pay();
    const auto taken = take();
    finish(taken[0], 0, GivenUp{});
    finish(taken[0], 1, Delivered{});
    const ReplayRequest failed{.endpoint = id, .merchant = merchant_, .live = false, .only_failed = true};
    const Author author{.actor = "cli:tests", .once = Author::Once{.key = to_string(id), .fingerprint = {}}};
    const auto done = wait(deliveries().replay(failed, author, soon()));
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->deliveries, 1);
    EXPECT_FALSE(done->has_more);
    EXPECT_EQ(statuses(), "pending 0, delivered 1, pending 0");
    const auto again = wait(deliveries().replay(failed, author, soon()));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->deliveries, 1);
    EXPECT_EQ(again->next_starting_after, done->next_starting_after);
    EXPECT_EQ(count("select count(*) from admin_audit_log where action = 'webhook_endpoint.replay' and subject = '" +
                    to_string(id) + "'"),
              1);

    auto all = failed;
    all.only_failed = false;
    all.since = SystemClock().now() - std::chrono::hours(1);
    const auto rest = wait(deliveries().replay(all, {.actor = "cli:tests"}, soon()));
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->deliveries, 1) << "what is pending is left";
    EXPECT_EQ(statuses(), "pending 0, pending 0, pending 0");
    all.since = SystemClock().now() + std::chrono::hours(1);
    EXPECT_EQ(wait(deliveries().replay(all, {.actor = "cli:tests"}, soon()))->deliveries, 0);
}

TEST_F(DeliveryRecordsTest, a_replay_has_what_happened_while_the_endpoint_was_disabled) {
    const auto id = endpoint("{payment.captured}");
    set_status(id, "disabled");
    pay();
    set_status(id, "enabled");
    EXPECT_EQ(statuses(), "");
    ReplayRequest wanted{.endpoint = id, .merchant = merchant_, .since = SystemClock().now() - std::chrono::hours(1)};
    ASSERT_EQ(wait(deliveries().replay(wanted, {.actor = "cli:tests"}, soon()))->deliveries, 1);
    EXPECT_THAT(take().at(0).due, SizeIs(1));
    const auto event = wait(deliveries().list({.endpoint = id}, soon())).rows.at(0).event;
    query("update webhook_deliveries set status = 'delivered'");
    wanted.since.reset();
    wanted.event = event;
    EXPECT_EQ(wait(deliveries().replay(wanted, {.actor = "cli:tests"}, soon()))->deliveries, 1);
}

TEST_F(DeliveryRecordsTest, a_replay_is_refused_where_it_must_be) {
    const auto id = endpoint();
    ReplayRequest wanted{.endpoint = id, .merchant = merchant_, .only_failed = true};
    const auto refused = [&] {
        return wait(deliveries().replay(wanted, {.actor = "cli:tests"}, soon())).error().error;
    };
    query(
        "insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at) "
        "select id, florin_month_bound(now()::date), merchant_id, live, 1, now(), now() from webhook_endpoints");
    query(
        "insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at) "
        "select endpoint_id, (substr(event_id::text, 1, 24) || lpad(n::text, 12, '0'))::uuid, merchant_id, live, 1, "
        "due_at, "
        "due_at from webhook_deliveries cross join generate_series(1, 1000) n");
    EXPECT_EQ(refused(), Error::rate_limited);
    wanted.live = true;
    EXPECT_EQ(refused(), Error::not_found);
    wanted.live = false;
    set_status(id, "disabled");
    EXPECT_EQ(refused(), Error::operation_not_allowed);
    set_status(id, "deleted");
    EXPECT_EQ(refused(), Error::not_found);
}

}  // namespace
}  // namespace florin::store::test
