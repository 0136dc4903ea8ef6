#include "store/webhook_endpoints_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(WebhookEndpointsTest, an_endpoint_is_made_with_a_secret_that_is_shown_once) {
    const Merchant shop = new_shop();
    const auto made = wait(endpoints_.create({.merchant = shop.id,
                                              .live = true,
                                              .url = kUrl,
                                              .description = "till",
                                              .types = {"payment.captured", "refund.failed"}},
                                             kOperator, soon()));
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->secret.empty() || made->replayed);
    const auto row = find(made->row.id);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->merchant, shop.id);
    EXPECT_TRUE(row->live && is_live(row->id.uuid()));
    EXPECT_EQ(row->url, kUrl);
    EXPECT_EQ(row->description, "till");
    EXPECT_THAT(row->types, ElementsAre("payment.captured", "refund.failed"));
    EXPECT_EQ(row->status, "enabled");
    EXPECT_EQ(row->secret_number, 1);
    EXPECT_FALSE(row->reason || row->previous_secret_expires_at || row->failing_since);
    EXPECT_THAT(valid_secrets(row->id), ElementsAre("1/" + std::string(made->secret.expose())));
    EXPECT_EQ(queue_of(row->id, "due_at"), "infinity");
}

TEST_F(WebhookEndpointsTest, a_repeated_creation_makes_nothing_and_shows_no_secret) {
    const Merchant shop = new_shop();
    const auto author = once("endpoint-" + to_string(shop.id));
    EXPECT_FALSE(*wait(endpoints_.is_replay(author, soon())));
    const auto first = wait(endpoints_.create({.merchant = shop.id, .url = kUrl}, author, soon()));
    const auto again = wait(endpoints_.create({.merchant = shop.id, .url = kUrl}, author, soon()));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->row.id, first->row.id);
    EXPECT_TRUE(again->replayed && again->secret.empty());
    EXPECT_TRUE(*wait(endpoints_.is_replay(author, soon())));
    EXPECT_THAT(all_of(shop), SizeIs(1));
    const auto other = once(author.once->key, "another request");
    EXPECT_EQ(wait(endpoints_.create({.merchant = shop.id, .url = kUrl}, other, soon())).error().error,
              Error::idempotency_key_reused);
    EXPECT_EQ(wait(endpoints_.is_replay(other, soon())).error().error, Error::idempotency_key_reused);
}

TEST_F(WebhookEndpointsTest, of_many_equal_requests_at_once_one_makes_the_endpoint) {
    const Merchant shop = new_shop();
    const auto author = once("race-endpoint-" + to_string(shop.id));
    WebhookEndpoints other(loop_.get_executor(), urls().application, open_box);
    std::vector<Task<Checked<MadeWebhookEndpoint>>> tasks;
    for (int i = 0; i < 8; ++i) {
        const NewWebhookEndpoint wanted{.merchant = shop.id, .url = kUrl};
        tasks.push_back((i % 2 ? other : endpoints_).create(wanted, author, soon()));
    }
    int made = 0;
    for (const auto& endpoint : wait_all(std::move(tasks))) {
        ASSERT_TRUE(endpoint);
        made += endpoint->replayed ? 0 : 1;
    }
    EXPECT_EQ(made, 1);
    EXPECT_THAT(all_of(shop), SizeIs(1));
    EXPECT_THAT(actions_of(shop), ElementsAre("webhook_endpoint.create", "merchant.create"));
}

// The limit is the database's: whatever races, no seventeenth is stored, and no row of the log stands without its
// change.
TEST_F(WebhookEndpointsTest, a_merchant_has_at_most_sixteen_in_each_mode_however_many_are_made_at_once) {
    const Merchant shop = new_shop();
    WebhookEndpoints other(loop_.get_executor(), urls().application, open_box);
    std::vector<Task<Checked<MadeWebhookEndpoint>>> tasks;
    for (int i = 0; i < 24; ++i) {
        const NewWebhookEndpoint wanted{.merchant = shop.id, .url = kUrl};
        tasks.push_back((i % 2 ? other : endpoints_).create(wanted, kOperator, soon()));
    }
    int refused = 0;
    for (const auto& made : wait_all(std::move(tasks))) {
        if (made) continue;
        ++refused;
        EXPECT_EQ(made.error().error, Error::operation_not_allowed);
        EXPECT_THAT(made.error().detail, HasSubstr("16 webhook endpoints"));
    }
    EXPECT_EQ(refused, 24 - kEndpointsAtMost);
    EXPECT_THAT(all_of(shop), SizeIs(kEndpointsAtMost));
    EXPECT_THAT(actions_of(shop), SizeIs(kEndpointsAtMost + 1));
    make(shop, kUrl, true);
    make(new_shop());

    const auto gone = all_of(shop, false).front().id;
    ASSERT_TRUE(wait(endpoints_.remove(gone, {}, kOperator, soon())));
    make(shop);
    EXPECT_FALSE(wait(endpoints_.create({.merchant = shop.id, .url = kUrl}, kOperator, soon())));
    const auto insert =
        "insert into webhook_endpoints (id, merchant_id, live, slot, url, created_at, updated_at) select "
        "gen_random_uuid(), '" +
        to_string(shop.id.uuid()) + "', false, ";
    EXPECT_EQ(refusal_of(insert + "3, 'x', now(), now()", urls().application), "23505");
    EXPECT_EQ(refusal_of(insert + "17, 'x', now(), now()", urls().application), "23514");
}

TEST_F(WebhookEndpointsTest, an_endpoint_of_another_merchant_or_mode_does_not_exist) {
    const Merchant shop = new_shop(), other = new_shop();
    const auto id = make(shop).row.id;
    for (const OwnerFilter& stranger :
         {OwnerFilter{.merchant = other.id, .live = false}, OwnerFilter{.merchant = shop.id, .live = true}}) {
        EXPECT_FALSE(find(id, stranger));
        const std::vector<Error> errors{
            wait(endpoints_.update(id, stranger, {.url = "https://thief.example/"}, kOperator, soon())).error().error,
            wait(endpoints_.disable(id, stranger, kOperator, soon())).error().error,
            wait(endpoints_.enable(id, stranger, kOperator, soon())).error().error,
            wait(endpoints_.remove(id, stranger, kOperator, soon())).error().error,
            wait(endpoints_.rotate_secret(id, stranger, std::chrono::hours(1), kOperator, soon())).error().error};
        EXPECT_THAT(errors, ::testing::Each(Error::not_found));
    }
    EXPECT_TRUE(find(id, {.merchant = shop.id, .live = false}));
    EXPECT_THAT(actions_of(shop), SizeIs(2));
    EXPECT_THAT(all_of(other), IsEmpty());
}

TEST_F(WebhookEndpointsTest, settings_change_one_by_one_and_the_log_says_how) {
    const Merchant shop = new_shop();
    const auto id = make(shop).row.id;
    const auto change = [&](WebhookEndpointChange wanted) {
        return *wait(endpoints_.update(id, {}, std::move(wanted), kOperator, soon()));
    };
    EXPECT_THAT(change({.types = std::vector<std::string>{"payment.failed"}}).types, ElementsAre("payment.failed"));
    EXPECT_EQ(change({.description = "new"}).description, "new");
    const auto row = change({.url = "https://shop.example/2"});
    EXPECT_EQ(row.url, "https://shop.example/2");
    EXPECT_THAT(row.types, ElementsAre("payment.failed"));
    EXPECT_EQ(row.version, 4);
    EXPECT_EQ(change({.url = "https://shop.example/2", .description = "new"}).version, 4) << "nothing has changed";
    const auto rows = changes_of(shop);
    ASSERT_THAT(rows, SizeIs(5));
    EXPECT_EQ(rows[0].action, "webhook_endpoint.update");
    EXPECT_EQ(rows[0].subject, to_string(id));
    EXPECT_EQ(rows[0].details, R"({"url": {"to": "https://shop.example/2", "from": "https://shop.example/florin"}})");
}

TEST_F(WebhookEndpointsTest, changes_that_race_are_all_kept) {
    const Merchant shop = new_shop();
    const auto id = make(shop).row.id;
    std::vector<Task<Checked<Row>>> tasks;
    tasks.push_back(endpoints_.update(id, {}, {.url = "https://shop.example/2"}, kOperator, soon()));
    tasks.push_back(endpoints_.update(id, {}, {.description = "d"}, kOperator, soon()));
    for (const auto& row : wait_all(std::move(tasks))) ASSERT_TRUE(row);
    const auto row = find(id);
    EXPECT_EQ(row->url + row->description, "https://shop.example/2d");
    EXPECT_EQ(row->version, 3);
}

TEST_F(WebhookEndpointsTest, lists_are_cut_into_pages_newest_first) {
    const Merchant shop = new_shop();
    std::vector<WebhookEndpointId> made, seen;
    for (int i = 0; i < 5; ++i) made.insert(made.begin(), make(shop).row.id);
    make(shop, kUrl, true);
    Cut cut{.limit = 2};
    for (bool has_more = true; has_more;) {
        const auto page = wait(endpoints_.list({.merchant = shop.id, .live = false}, cut, soon()));
        for (const auto& row : page.rows) seen.push_back(row.id);
        cut.starting_after = seen.back().uuid();
        has_more = page.has_more;
        ASSERT_LE(seen.size(), made.size());
    }
    EXPECT_EQ(seen, made);
    EXPECT_THAT(all_of(shop), SizeIs(6));
}

}  // namespace
}  // namespace florin::store::test
