// Webhook endpoints after they were made: switched, moved, given other secrets, removed.
#include <set>

#include "store/webhook_endpoints_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(WebhookEndpointsTest, a_new_url_is_tried_at_once_and_another_description_is_not) {
    const auto id = make(new_shop()).row.id;
    fail(id);
    ASSERT_TRUE(wait(endpoints_.update(id, {}, {.description = "d"}, kOperator, soon())));
    EXPECT_EQ(queue_of(id, "failures || ' ' || due_at"), "7 infinity");
    EXPECT_TRUE(find(id)->failing_since);
    ASSERT_TRUE(wait(endpoints_.update(id, {}, {.url = "https://shop.example/2"}, kOperator, soon())));
    EXPECT_EQ(queue_of(id, "failures = 0 and failing_since is null and retry_at is null and due_at <= florin_now()"),
              "true");
}

TEST_F(WebhookEndpointsTest, who_sends_to_an_endpoint_that_is_changed_has_its_queue_no_more) {
    const auto id = make(new_shop()).row.id;
    const auto is_released_by = [&](auto&& change) {
        query("update webhook_queues set generation = 7, leased_until = 'infinity', due_at = 'infinity'");
        EXPECT_TRUE(wait(change()));
        return queue_of(id, "generation = 8 and leased_until is null and due_at <= florin_now()");
    };
    EXPECT_EQ(
        is_released_by([&] { return endpoints_.update(id, {}, {.url = "https://shop.example/2"}, kOperator, soon()); }),
        "true");
    EXPECT_EQ(is_released_by([&] { return endpoints_.disable(id, {}, kOperator, soon()); }), "true");
    EXPECT_EQ(is_released_by([&] { return endpoints_.enable(id, {}, kOperator, soon()); }), "true");
    EXPECT_EQ(is_released_by([&] { return endpoints_.remove(id, {}, kOperator, soon()); }), "true");
}

TEST_F(WebhookEndpointsTest, a_disabled_endpoint_keeps_what_waits_and_an_enabled_one_is_due) {
    const Merchant shop = new_shop();
    const auto row = make(shop).row;
    deliver(row, "pending");
    auto disabled = wait(endpoints_.disable(row.id, {.merchant = shop.id, .live = false}, kOperator, soon()));
    ASSERT_TRUE(disabled);
    EXPECT_EQ(disabled->row.status, "disabled");
    EXPECT_EQ(disabled->row.reason, "merchant");
    EXPECT_EQ(deliveries(row.id, "pending"), 1);
    EXPECT_EQ(wait(endpoints_.disable(row.id, {}, kOperator, soon()))->row.reason, "merchant") << "it stays as it is";
    fail(row.id);
    const auto enabled = wait(endpoints_.enable(row.id, {}, kOperator, soon()));
    ASSERT_TRUE(enabled);
    EXPECT_EQ(enabled->row.status, "enabled");
    EXPECT_FALSE(enabled->row.reason || enabled->row.failing_since);
    EXPECT_EQ(queue_of(row.id, "failures = 0 and retry_at is null and due_at <= florin_now()"), "true");
    EXPECT_THAT(actions_of(shop), ElementsAre("webhook_endpoint.enable", "webhook_endpoint.disable",
                                              "webhook_endpoint.create", "merchant.create"));
    EXPECT_EQ(wait(endpoints_.disable(row.id, {}, kOperator, soon()))->row.reason, "operator");
}

TEST_F(WebhookEndpointsTest, switching_is_replayed_like_everything_else) {
    const auto id = make(new_shop()).row.id;
    const auto author = once("disable-" + to_string(id));
    EXPECT_FALSE(wait(endpoints_.disable(id, {}, author, soon()))->replayed);
    ASSERT_TRUE(wait(endpoints_.enable(id, {}, kOperator, soon())));
    const auto again = wait(endpoints_.disable(id, {}, author, soon()));
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->row.status, "enabled") << "a repeat of an old request disables nothing";
}

TEST_F(WebhookEndpointsTest, a_deleted_endpoint_is_gone_with_its_secrets_and_what_waits_for_it) {
    const Merchant shop = new_shop();
    const auto row = make(shop).row;
    const auto other = make(shop).row;
    for (const auto* status : {"pending", "delivered", "failed"}) deliver(row, status);
    deliver(other, "pending");
    const auto removed = wait(endpoints_.remove(row.id, {.merchant = shop.id, .live = false}, kOperator, soon()));
    ASSERT_TRUE(removed);
    EXPECT_EQ(removed->status, "deleted");
    EXPECT_FALSE(find(row.id));
    EXPECT_THAT(all_of(shop), SizeIs(1));
    EXPECT_THAT(valid_secrets(row.id), IsEmpty());
    EXPECT_EQ(deliveries(row.id, "cancelled"), 1);
    EXPECT_EQ(deliveries(row.id, "delivered") + deliveries(row.id, "failed"), 2);
    EXPECT_EQ(deliveries(other.id, "pending"), 1);
    EXPECT_EQ(queue_of(row.id, "due_at <= florin_now()"), "true") << "a relay may have added something meanwhile";
    EXPECT_EQ(wait(endpoints_.remove(row.id, {}, kOperator, soon())).error().error, Error::not_found);
    EXPECT_EQ(wait(endpoints_.enable(row.id, {}, kOperator, soon())).error().error, Error::not_found);
    EXPECT_EQ(actions_of(shop).front(), "webhook_endpoint.delete");
}

TEST_F(WebhookEndpointsTest, two_secrets_sign_during_the_overlap_and_never_three) {
    const auto first = make(new_shop());
    const auto id = first.row.id;
    const auto rotate = [&](std::chrono::seconds overlap) {
        return *wait(endpoints_.rotate_secret(id, {}, overlap, kOperator, soon()));
    };
    const auto of = [](const MadeWebhookEndpoint& made) {
        return std::to_string(*made.row.secret_number) + "/" + std::string(made.secret.expose());
    };
    const auto second = rotate(std::chrono::hours(24));
    EXPECT_THAT(valid_secrets(id), ElementsAre(of(second), of(first)));
    EXPECT_GT(*second.row.previous_secret_expires_at, SystemClock().now() + std::chrono::hours(23));
    const auto third = rotate(std::chrono::hours(1));
    EXPECT_THAT(valid_secrets(id), ElementsAre(of(third), of(second)));
    EXPECT_LT(*third.row.previous_secret_expires_at, SystemClock().now() + std::chrono::hours(2));
    const auto fourth = rotate(std::chrono::seconds(0));
    EXPECT_THAT(valid_secrets(id), ElementsAre(of(fourth)));
    EXPECT_FALSE(fourth.row.previous_secret_expires_at);
    rotate(std::chrono::hours(1));
    EXPECT_EQ(count("select count(*) from webhook_secrets where endpoint_id = '" + to_string(id.uuid()) + "'"), 2)
        << "those that ended before are not kept";
}

TEST_F(WebhookEndpointsTest, rotations_that_race_leave_two_secrets_and_a_repeated_one_shows_none) {
    const auto id = make(new_shop()).row.id;
    std::vector<Task<Checked<MadeWebhookEndpoint>>> tasks;
    for (int i = 0; i < 2; ++i)
        tasks.push_back(endpoints_.rotate_secret(id, {}, std::chrono::hours(1), kOperator, soon()));
    std::set<std::string> shown;
    for (const auto& made : wait_all(std::move(tasks))) {
        ASSERT_TRUE(made);
        shown.insert(std::to_string(*made->row.secret_number) + "/" + std::string(made->secret.expose()));
    }
    const auto valid = valid_secrets(id);
    EXPECT_EQ(shown, std::set<std::string>(valid.begin(), valid.end()));
    const auto author = once("rotate-" + to_string(id));
    const auto first = wait(endpoints_.rotate_secret(id, {}, std::chrono::hours(1), author, soon()));
    const auto again = wait(endpoints_.rotate_secret(id, {}, std::chrono::hours(1), author, soon()));
    EXPECT_TRUE(again->replayed && again->secret.empty() && !first->secret.empty());
    EXPECT_EQ(again->row.secret_number, 4);
}

TEST_F(WebhookEndpointsTest, no_secret_stands_in_the_log_and_the_gateway_may_not_turn_one_endpoint_into_another) {
    const Merchant shop = new_shop();
    const auto made = make(shop);
    const auto rotated = *wait(endpoints_.rotate_secret(made.row.id, {}, std::chrono::hours(1), kOperator, soon()));
    for (const auto& row : changes_of(shop)) EXPECT_THAT(row.details, Not(HasSubstr("whsec_")));
    EXPECT_EQ(changes_of(shop).front().details, R"({"overlap_seconds": 3600})");
    for (const char* set : {"id = id", "merchant_id = merchant_id", "live = live", "slot = 2", "created_at = now()"}) {
        EXPECT_EQ(refusal_of(std::string("update webhook_endpoints set ") + set, urls().application), "42501") << set;
    }
    EXPECT_EQ(refusal_of("update webhook_secrets set sealed = ''", urls().application), "42501");
    EXPECT_EQ(refusal_of("delete from webhook_endpoints", urls().application), "42501");
}

}  // namespace
}  // namespace florin::store::test
