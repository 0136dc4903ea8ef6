// The deliverer on PostgreSQL, with receivers that answer well, slowly, wrongly or never.
#include <algorithm>
#include <set>

#include "webhooks/deliverer_fixture.hpp"
#include "webhooks/schedule.hpp"

namespace florin::webhooks {
namespace {

constexpr auto kDelivered = "status = 'delivered'";

TEST_F(DelivererTest, what_is_due_is_delivered_once) {
    const auto shop = endpoint();
    owe(shop, 100);
    start();
    ASSERT_TRUE(becomes(shop, 100, kDelivered));
    const std::set<std::string> ids(receiver(shop).ids.begin(), receiver(shop).ids.end());
    EXPECT_EQ(ids.size(), 100);
    EXPECT_EQ(receiver(shop).ids.size(), 100);
    EXPECT_TRUE(loop_.until([&] { return queue(shop, "due_at") == "infinity"; }));
    EXPECT_NE(metrics_.render().find(R"(florin_webhook_deliveries_total{result="delivered"} 100)"), std::string::npos);
}

TEST_F(DelivererTest, o_04_an_endpoint_gets_more_at_once_while_it_answers_quickly_up_to_its_bound) {
    const auto quick = endpoint();
    receiver(quick).takes = Milliseconds{5};
    owe(quick, 80);
    start({.per_endpoint = 4});
    ASSERT_TRUE(becomes(quick, 80, kDelivered));
    EXPECT_LE(receiver(quick).most_at_once, 4);
    EXPECT_GT(receiver(quick).most_at_once, 1);
}

TEST_F(DelivererTest, o_04_endpoints_that_never_answer_hold_one_send_each_and_nobody_up) {
    std::vector<WebhookEndpointId> dead;
    for (int i = 0; i < 6; ++i) {
        dead.push_back(endpoint());
        receiver(dead.back()).takes = std::chrono::hours(1);
        owe(dead.back(), 20);
    }
    const auto shop = endpoint();
    owe(shop, 40);
    start({.answering = 7, .failing = 2, .visits = 7});
    ASSERT_TRUE(becomes(shop, 40, kDelivered));
    for (const auto id : dead) EXPECT_LE(receiver(id).most_at_once, 1);
}

TEST_F(DelivererTest, an_endpoint_that_loses_every_third_answer_keeps_its_speed) {
    const auto shop = endpoint();
    receiver(shop).takes = Milliseconds{2};
    receiver(shop).answer = [](std::size_t number) { return Posted(Answer{.status = number % 3 == 0 ? 502 : 200}); };
    owe(shop, 200);
    start();
    ASSERT_TRUE(becomes(shop, 0, "tries = 0"));
    EXPECT_EQ(queue(shop, "retry_at is null and failures = 0"), "true");
    EXPECT_GT(receiver(shop).most_at_once, 1);
    EXPECT_EQ(count(shop, "status = 'pending' and due_at <= last_try_at"), 0) << "each failure has its own time";
}

TEST_F(DelivererTest, a_failure_that_comes_late_ends_the_visit_at_once) {
    const auto shop = endpoint();
    receiver(shop).takes = std::chrono::hours(1);
    owe(shop, 20);
    start({.timeout = Milliseconds{1'100}});
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "failures = 1 and leased_until is null") == "true"; }));
    EXPECT_EQ(count(shop, "tries > 0"), 1);
}

TEST_F(DelivererTest, a_failing_endpoint_is_tried_by_one_delivery_at_a_time) {
    const auto shop = endpoint();
    receiver(shop).answer = [](std::size_t) { return Posted(Answer{.status = 500}); };
    owe(shop, 20);
    start();
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "failures >= 3") == "true"; }));
    EXPECT_EQ(receiver(shop).most_at_once, 1);
    EXPECT_LE(receiver(shop).ids.size(), kFailuresInARow + 3);
    const std::set<std::string> ids(receiver(shop).ids.begin(), receiver(shop).ids.end());
    EXPECT_EQ(ids.size(), receiver(shop).ids.size()) << "what waits longest is tried first";
    EXPECT_EQ(count(shop, "last_status = 500 and last_error = 'answered 500'"), static_cast<int>(ids.size()));
    receiver(shop).answer = [](std::size_t) { return Posted(Answer{.status = 200}); };
    EXPECT_TRUE(becomes(shop, 20, kDelivered));
}

TEST_F(DelivererTest, o_06_a_day_after_its_first_try_a_delivery_is_given_up) {
    const auto shop = endpoint();
    receiver(shop).answer = [](std::size_t) { return Posted(std::unexpected("connection refused")); };
    owe(shop, 1);
    Database::shared().run("update webhook_deliveries set tries = 17, first_try_at = now() - interval '24 h'");
    start();
    ASSERT_TRUE(becomes(shop, 1, "status = 'failed' and tries = 18 and last_error = 'connection refused'"));
}

TEST_F(DelivererTest, o_06_410_disables_the_endpoint_at_once) {
    const auto shop = endpoint();
    receiver(shop).answer = [](std::size_t) { return Posted(Answer{.status = 410}); };
    owe(shop, 3);
    start();
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "due_at") == "infinity"; }));
    EXPECT_EQ(Database::shared().run("select status || ' ' || reason from webhook_endpoints"), "disabled gone");
    EXPECT_EQ(receiver(shop).ids.size(), 1);
    EXPECT_TRUE(
        loop_.until([&] { return metrics_.render().contains(R"(endpoints_disabled_total{reason="gone"} 1)"); }));
}

TEST_F(DelivererTest, o_06_an_endpoint_that_fails_for_days_is_disabled) {
    const auto shop = endpoint();
    receiver(shop).answer = [](std::size_t) { return Posted(Answer{.status = 500}); };
    owe(shop, 3);
    Database::shared().run("update webhook_queues set failures = 40, failing_since = now() - interval '5 days'");
    start();
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "due_at") == "infinity"; }));
    EXPECT_EQ(Database::shared().run("select status || ' ' || reason from webhook_endpoints"), "disabled failing");
    EXPECT_EQ(count(shop, "status = 'pending'"), 3);
}

TEST_F(DelivererTest, o_06_retry_after_is_honoured) {
    const auto shop = endpoint();
    receiver(shop).answer = [](std::size_t) {
        return Posted(Answer{.status = 429, .retry_after = std::chrono::seconds(900)});
    };
    owe(shop, 2);
    start();
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "failures = 1 and leased_until is null") == "true"; }));
    EXPECT_EQ(queue(shop, "due_at > now() + interval '850 s'"), "true");
    EXPECT_EQ(count(shop, "due_at > now() + interval '850 s'"), 1);
}

TEST_F(DelivererTest, o_06_retry_after_is_honoured_though_what_was_sent_beside_it_is_taken) {
    const auto shop = endpoint();
    receiver(shop).takes = Milliseconds{20};
    receiver(shop).answer = [](std::size_t number) {
        if (number != 4) return Posted(Answer{.status = 200});
        return Posted(Answer{.status = 429, .retry_after = std::chrono::seconds(900)});
    };
    owe(shop, 32);
    start();
    ASSERT_TRUE(loop_.until([&] { return queue(shop, "failures = 1 and leased_until is null") == "true"; }));
    EXPECT_EQ(queue(shop, "due_at > now() + interval '850 s'"), "true");
    EXPECT_GT(count(shop, kDelivered), 5) << "the others had no answer yet";
    EXPECT_GT(count(shop, "tries = 0"), 0);
}

TEST_F(DelivererTest, o_07_what_cannot_be_delivered_fails_alone) {
    const auto shop = endpoint();
    owe(shop, 20);
    Database::shared().run(
        "update webhook_deliveries set event_id = florin_month_bound(now()::date) where event_id = "
        "(select min(event_id::text)::uuid from webhook_deliveries)");
    start();
    ASSERT_TRUE(becomes(shop, 19, kDelivered));
    EXPECT_EQ(count(shop, "status = 'failed' and last_error = 'what the event tells is lost'"), 1);
    EXPECT_EQ(receiver(shop).ids.size(), 19);
    EXPECT_NE(metrics_.render().find(R"({result="undeliverable"} 1)"), std::string::npos);
}

TEST_F(DelivererTest, o_07_an_event_that_one_receiver_always_refuses_stops_none_of_the_others) {
    const auto shop = endpoint();
    owe(shop, 20);
    receiver(shop).answer = [this, shop, poison = std::string()](std::size_t number) mutable {
        const auto& id = receiver(shop).ids.at(number);
        if (poison.empty()) poison = id;
        return Posted(Answer{.status = id == poison ? 500 : 200});
    };
    start();
    ASSERT_TRUE(becomes(shop, 19, kDelivered));
    EXPECT_EQ(count(shop, "status = 'pending' and tries >= 1"), 1);
}

TEST_F(DelivererTest, o_13_the_old_url_gets_what_is_under_way_and_nothing_more) {
    const auto shop = endpoint();
    const auto moved = endpoint();
    receiver(shop).takes = Milliseconds{30};
    owe(shop, 32);
    start({.per_endpoint = 1});
    ASSERT_TRUE(loop_.until([&] { return receiver(shop).ids.size() == 3; }));
    Database::shared().run("update webhook_endpoints set url = '" + to_string(moved) + "' where url = '" +
                           to_string(shop) + "'");
    release(shop);
    ASSERT_TRUE(becomes(shop, 32, kDelivered));
    EXPECT_LT(receiver(shop).ids.size(), 10);
    EXPECT_GT(receiver(moved).ids.size(), 20);
}

TEST_F(DelivererTest, o_13_what_the_old_url_answers_does_not_disable_the_new_one) {
    const auto shop = endpoint();
    receiver(shop).takes = Milliseconds{50};
    receiver(shop).answer = [&](std::size_t number) {
        if (number == 0) release(shop);
        return Posted(Answer{.status = number == 0 ? 410 : 200});
    };
    owe(shop, 2);
    start();
    EXPECT_TRUE(becomes(shop, 2, kDelivered));
    EXPECT_EQ(Database::shared().run("select status from webhook_endpoints"), "enabled");
}

TEST_F(DelivererTest, a_stop_gives_back_what_is_under_way) {
    const auto dead = endpoint();
    receiver(dead).takes = std::chrono::hours(1);
    owe(dead, 1);
    start();
    ASSERT_TRUE(loop_.until([&] { return receiver(dead).at_once == 1; }));
    stop();
    EXPECT_EQ(queue(dead, "due_at <= now() and leased_until is null"), "true");
    EXPECT_EQ(count(dead, "status = 'pending' and tries = 0"), 1);
}

TEST_F(DelivererTest, two_deliverers_send_nothing_twice) {
    std::vector<WebhookEndpointId> shops;
    for (int i = 0; i < 4; ++i) {
        shops.push_back(endpoint());
        receiver(shops.back()).takes = Milliseconds{2};
        owe(shops.back(), 40);
    }
    start();
    Deliverer other(services(), {});
    bool runs = true;
    boost::asio::co_spawn(loop_.io, other.run(), [&](std::exception_ptr) { runs = false; });
    for (const auto id : shops) EXPECT_TRUE(becomes(id, 40, kDelivered));
    other.stop();
    EXPECT_TRUE(loop_.until([&] { return !runs; }));
    for (const auto id : shops) EXPECT_EQ(receiver(id).ids.size(), 40);
}

}  // namespace
}  // namespace florin::webhooks
