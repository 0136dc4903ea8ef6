#include "store/administration.hpp"

#include "store/administration_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

KeyId nobody() {
    return KeyId::make(SystemClock().now(), Bucket{1}, false);
}

TEST_F(AdministrationTest, a_merchants_settings_change_one_by_one) {
    const Merchant shop = new_shop("Shop", {100, 5});
    MerchantChange change{.name = "New Name"};
    change.fees["JPY"] = ledger::FeeRule{300, 7};
    change.limit.emplace(RateLimit{.per_second = 10, .burst = 20});
    auto row = wait(administration_.update_merchant(shop.id, change, kOperator, soon()));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->merchant.name, "New Name");
    EXPECT_EQ(row->merchant.fee_for(kJpy), (ledger::FeeRule{300, 7}));
    EXPECT_EQ(row->merchant.fee_for(kUsd), (ledger::FeeRule{100, 5}));
    EXPECT_EQ(wait(store().fee_rule(shop.id, kJpy, soon())), (ledger::FeeRule{300, 7}));

    MerchantChange back{.default_fee = ledger::FeeRule{200, 0}};
    back.fees["JPY"] = std::nullopt;
    back.limit.emplace(std::nullopt);
    row = wait(administration_.update_merchant(shop.id, back, kOperator, soon()));
    EXPECT_EQ(row->merchant.name, "New Name");
    EXPECT_EQ(row->merchant.fee_for(kJpy), (ledger::FeeRule{200, 0}));
    EXPECT_THAT(row->merchant.fees, IsEmpty());
    EXPECT_FALSE(row->merchant.limit);
    EXPECT_EQ(wait(store().fee_rule(shop.id, kJpy, soon())), (ledger::FeeRule{200, 0}));
}

TEST_F(AdministrationTest, what_changes_nothing_leaves_no_audit_row) {
    const Merchant shop = new_shop("Shop");
    ASSERT_TRUE(wait(administration_.update_merchant(shop.id, {.name = "Shop", .closed = false}, kOperator, soon())));
    EXPECT_THAT(changes_of(shop), SizeIs(1)) << "its creation alone";
}

TEST_F(AdministrationTest, changes_that_race_all_hold_and_each_says_what_it_replaced) {
    const Merchant shop = new_shop("A");
    std::vector<Task<Checked<MerchantRow>>> tasks;
    tasks.push_back(administration_.update_merchant(shop.id, {.name = "B"}, kOperator, soon()));
    tasks.push_back(administration_.update_merchant(shop.id, {.closed = true}, kOperator, soon()));
    for (const auto& row : wait_all(std::move(tasks))) ASSERT_TRUE(row);
    const auto row = wait(administration_.find_merchant(shop.id, soon()));
    EXPECT_EQ(row->merchant.name, "B");
    EXPECT_TRUE(row->closed_at);
    EXPECT_EQ(row->version, 3);
    EXPECT_THAT(changes_of(shop), SizeIs(3));
}

TEST_F(AdministrationTest, a_rotated_key_hands_over_to_one_like_it) {
    const Merchant shop = new_shop();
    const auto now = SystemClock().now();
    const auto old = wait(administration_.create_key({.merchant = shop.id,
                                                      .mode = KeyMode::live,
                                                      .name = "till",
                                                      .scopes = {Scope::read, Scope::refund},
                                                      .expires_at = now + std::chrono::hours(48)},
                                                     kOperator, soon()));
    const auto next = wait(administration_.rotate_key(old->row.id, std::chrono::hours(1), kOperator, soon()));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->row.merchant, shop.id);
    EXPECT_EQ(next->row.mode, KeyMode::live);
    EXPECT_EQ(next->row.name, "till");
    EXPECT_EQ(next->row.scopes, (Scopes{Scope::read, Scope::refund}));
    EXPECT_GT(*next->row.expires_at, now + std::chrono::hours(47)) << "it lives as long as the old one was to";
    const auto replaced = wait(administration_.find_key(old->row.id, soon()));
    EXPECT_EQ(replaced->replaced_by, next->row.id);
    EXPECT_LT(*replaced->expires_at, now + std::chrono::hours(2)) << "the old one ends after the overlap";
    EXPECT_TRUE(find(old->key) && find(next->key)) << "both work meanwhile";
}

TEST_F(AdministrationTest, an_overlap_never_lengthens_a_keys_life_and_none_ends_it_at_once) {
    const Merchant shop = new_shop();
    const auto soon_over = SystemClock().now() + std::chrono::minutes(5);
    const auto old = wait(
        administration_.create_key({.merchant = shop.id, .name = "short", .expires_at = soon_over}, kOperator, soon()));
    ASSERT_TRUE(wait(administration_.rotate_key(old->row.id, std::chrono::hours(24), kOperator, soon())));
    EXPECT_EQ(wait(administration_.find_key(old->row.id, soon()))->expires_at, soon_over);

    const auto key = new_key(shop);
    const auto next = wait(administration_.rotate_key(key.row.id, std::chrono::seconds(0), kOperator, soon()));
    EXPECT_FALSE(find(key.key));
    EXPECT_TRUE(find(next->key));
    EXPECT_FALSE(next->row.expires_at);
}

TEST_F(AdministrationTest, what_a_key_is_not_good_for_any_more_is_said) {
    const Merchant shop = new_shop();
    const auto rotate = [&](KeyId id) {
        return wait(administration_.rotate_key(id, std::chrono::seconds(0), kOperator, soon())).error();
    };
    const auto revoked = new_key(shop).row.id;
    ASSERT_TRUE(wait(administration_.revoke_key(revoked, kOperator, soon())));
    EXPECT_THAT(rotate(revoked).detail, HasSubstr("is revoked"));
    const auto rotated = new_key(shop).row.id;
    const auto next = wait(administration_.rotate_key(rotated, std::chrono::hours(1), kOperator, soon()));
    EXPECT_THAT(rotate(rotated).detail, HasSubstr(to_string(next->row.id)));
    const auto expired = new_key(shop).row.id;
    query("update api_keys set expires_at = florin_now() where id = '" + to_string(expired.uuid()) + "'");
    EXPECT_THAT(rotate(expired).detail, HasSubstr("has expired"));
    EXPECT_EQ(rotate(expired).error, Error::operation_not_allowed);
    EXPECT_EQ(rotate(nobody()).error, Error::not_found);
    EXPECT_EQ(wait(administration_.revoke_key(nobody(), kOperator, soon())).error().error, Error::not_found);
}

TEST_F(AdministrationTest, a_key_needs_a_merchant_that_exists_and_is_open) {
    const auto make = [&](MerchantId id) {
        return wait(administration_.create_key({.merchant = id, .name = "k"}, kOperator, soon()));
    };
    EXPECT_EQ(make(merchant_).error().error, Error::not_found);
    EXPECT_EQ(wait(administration_.update_merchant(merchant_, {.name = "x"}, kOperator, soon())).error().error,
              Error::not_found);
    const Merchant shop = new_shop();
    ASSERT_TRUE(wait(administration_.update_merchant(shop.id, {.closed = true}, kOperator, soon())));
    EXPECT_EQ(make(shop.id).error().error, Error::operation_not_allowed);
}

TEST_F(AdministrationTest, a_repeated_request_changes_nothing_and_shows_no_secret) {
    const Merchant shop = new_shop();
    const NewKey wanted{.merchant = shop.id, .name = "k"};
    const auto author = once("create-" + to_string(shop.id));
    const auto first = wait(administration_.create_key(wanted, author, soon()));
    const auto again = wait(administration_.create_key(wanted, author, soon()));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->row.id, first->row.id);
    EXPECT_TRUE(again->replayed && again->key.empty());
    EXPECT_FALSE(first->replayed || first->key.empty());

    const auto rotation = once("rotate-" + to_string(shop.id));
    const auto next = wait(administration_.rotate_key(first->row.id, std::chrono::hours(1), rotation, soon()));
    const auto next_again = wait(administration_.rotate_key(first->row.id, std::chrono::hours(1), rotation, soon()));
    EXPECT_EQ(next_again->row.id, next->row.id);
    EXPECT_TRUE(next_again->replayed && next_again->key.empty());

    const auto revocation = once("revoke-" + to_string(shop.id));
    EXPECT_FALSE(wait(administration_.revoke_key(next->row.id, revocation, soon()))->replayed);
    EXPECT_TRUE(wait(administration_.revoke_key(next->row.id, revocation, soon()))->replayed);
    EXPECT_THAT(changes_of(shop), SizeIs(4));
}

TEST_F(AdministrationTest, another_request_under_a_used_key_is_refused_and_changes_nothing) {
    const Merchant shop = new_shop();
    const auto key = new_key(shop);
    const auto name = "reused-" + to_string(shop.id);
    ASSERT_TRUE(wait(administration_.create_key({.merchant = shop.id, .name = "k"}, once(name, "a"), soon())));
    const auto revoked = wait(administration_.revoke_key(key.row.id, once(name, "b"), soon()));
    EXPECT_EQ(revoked.error().error, Error::idempotency_key_reused);
    EXPECT_TRUE(find(key.key));
    auto somebody_else = once(name, "b");
    somebody_else.actor = "key_of_another";
    EXPECT_TRUE(wait(administration_.revoke_key(key.row.id, somebody_else, soon())));
}

TEST_F(AdministrationTest, of_many_equal_requests_at_once_one_makes_the_key) {
    const Merchant shop = new_shop();
    const auto author = once("race-" + to_string(shop.id));
    std::vector<Task<Checked<MadeKey>>> tasks;
    Administration other(loop_.get_executor(), urls().application, Secret("pepper"));
    for (int i = 0; i < 10; ++i) {
        tasks.push_back(
            (i % 2 ? other : administration_).create_key(NewKey{.merchant = shop.id, .name = "k"}, author, soon()));
    }
    int made = 0;
    for (const auto& key : wait_all(std::move(tasks))) {
        ASSERT_TRUE(key);
        made += key->replayed ? 0 : 1;
    }
    EXPECT_EQ(made, 1);
    EXPECT_THAT(wait(administration_.list_keys({.merchant = shop.id}, {}, soon())).rows, SizeIs(1));
}

TEST_F(AdministrationTest, the_log_says_who_did_what_and_no_secret) {
    const Merchant shop = new_shop("Shop");
    const auto key = new_key(shop);
    ASSERT_TRUE(wait(administration_.update_merchant(shop.id, {.name = "Shop 2"}, kOperator, soon())));
    ASSERT_TRUE(wait(administration_.revoke_key(key.row.id, once("log-" + to_string(shop.id)), soon())));
    const auto rows = changes_of(shop);
    ASSERT_THAT(rows, SizeIs(4));
    EXPECT_EQ(rows[3].action, "merchant.create");
    EXPECT_EQ(rows[2].action, "key.create");
    EXPECT_EQ(rows[2].subject, to_string(key.row.id));
    EXPECT_EQ(rows[2].actor, "cli:tests");
    EXPECT_EQ(rows[1].details, R"({"name": {"to": "Shop 2", "from": "Shop"}})");
    EXPECT_EQ(rows[0].action, "key.revoke");
    EXPECT_EQ(rows[0].actor, "key_of_a_test");
    const auto secret = std::string(key.key.expose().substr(8, 40));
    for (const auto& row : rows) EXPECT_THAT(row.details, Not(HasSubstr(secret)));
}

TEST_F(AdministrationTest, lists_are_cut_into_pages_without_gap_or_repeat) {
    const Merchant shop = new_shop();
    std::vector<KeyId> made;
    for (int i = 0; i < 5; ++i) made.insert(made.begin(), new_key(shop).row.id);
    std::vector<KeyId> seen;
    Cut cut{.limit = 2};
    for (bool has_more = true; has_more;) {
        const auto page = wait(administration_.list_keys({.merchant = shop.id, .live = false}, cut, soon()));
        for (const auto& row : page.rows) seen.push_back(row.id);
        cut.starting_after = seen.back().uuid();
        has_more = page.has_more;
        ASSERT_LE(seen.size(), made.size());
    }
    EXPECT_EQ(seen, made);
    EXPECT_THAT(wait(administration_.list_keys({.merchant = shop.id, .live = true}, {}, soon())).rows, IsEmpty());

    MerchantChange change;
    for (const char* currency : {"EUR", "JPY", "USD"}) change.fees[currency] = ledger::FeeRule{1, 2};
    const Merchant next = new_shop();
    ASSERT_TRUE(wait(administration_.update_merchant(next.id, change, kOperator, soon())));
    const auto page = wait(administration_.list_merchants({.limit = 2}, soon()));
    ASSERT_THAT(page.rows, SizeIs(2)) << "a page counts merchants, not their fees";
    EXPECT_EQ(page.rows[0].merchant.id, next.id);
    EXPECT_THAT(page.rows[0].merchant.fees, SizeIs(3));
    EXPECT_EQ(page.rows[1].merchant.id, shop.id);
}

// The last line of defence: what makes a key the key that it is cannot be changed by the gateway.
TEST_F(AdministrationTest, the_gateway_may_not_change_what_a_key_is_nor_remove_it) {
    for (const char* set :
         {"hash = hash", "merchant_id = merchant_id", "live = true", "scopes = 'admin'", "name = ''"}) {
        EXPECT_EQ(refusal_of(std::string("update api_keys set ") + set, urls().application), "42501") << set;
    }
    for (const char* sql : {"delete from api_keys", "delete from merchants", "update merchants set id = id"}) {
        EXPECT_EQ(refusal_of(sql, urls().application), "42501") << sql;
    }
    const std::string insert =
        "insert into api_keys (id, merchant_id, live, scopes, name, hint, hash, created_at) select "
        "gen_random_uuid(), m, l, s, '', '', sha256(random()::text::bytea), now() from (values ";
    const std::string shop = "'" + to_string(new_shop().id.uuid()) + "'::uuid";
    for (const auto& values : {"(null::uuid, null::bool, 'read')", "(null::uuid, true, 'admin')",
                               "(null::uuid, null::bool, 'read,admin')"}) {
        EXPECT_EQ(refusal_of(insert + values + ") v(m, l, s)", urls().application), "23514") << values;
    }
    for (const auto* scopes : {"", "read,", "write,read", "read,read", "root", ",read"}) {
        EXPECT_EQ(refusal_of(insert + "(" + shop + ", true, '" + scopes + "')) v(m, l, s)", urls().application),
                  "23514")
            << scopes;
    }
    EXPECT_EQ(refusal_of(insert + "(" + shop + ", true, 'read,admin')) v(m, l, s)", urls().application), "");
}

}  // namespace
}  // namespace florin::store::test
