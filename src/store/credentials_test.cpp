#include "store/credentials.hpp"

#include "store/administration_fixture.hpp"

namespace florin::store::test {
namespace {

class CredentialsTest : public AdministrationTest {};

TEST_F(CredentialsTest, a_new_key_leads_to_its_merchant_and_mode) {
    const Merchant merchant = new_shop("Corner Shop", {250, 30});
    const auto test = new_key(merchant, KeyMode::test);
    const auto live = new_key(merchant, KeyMode::live, {Scope::read});
    EXPECT_TRUE(test.key.expose().starts_with("sk_test_"));
    EXPECT_TRUE(live.key.expose().starts_with("sk_live_"));
    EXPECT_EQ(test.row.hint, "sk_test_…" + std::string(test.key.expose().substr(52)));

    const auto found = find(test.key);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->merchant->id, merchant.id);
    EXPECT_EQ(found->merchant->fee_for(kJpy).basis_points, 250);
    EXPECT_EQ(found->scopes, kMerchantScopes);
    EXPECT_FALSE(found->live);
    EXPECT_TRUE(find(live.key)->live);
    EXPECT_EQ(find(live.key)->scopes, Scopes{Scope::read});
}

TEST_F(CredentialsTest, an_operators_key_has_no_merchant_and_the_scope_admin_alone) {
    const auto made = wait(administration_.create_key(
        {.merchant = {}, .mode = KeyMode::admin, .name = "ops", .scopes = {Scope::admin}}, kOperator, soon()));
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->key.expose().starts_with("sk_admin_"));
    EXPECT_EQ(made->key.expose().size(), 9U + 48U);
    const auto found = find(made->key);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->merchant);
    EXPECT_EQ(found->scopes, Scopes{Scope::admin});
}

TEST_F(CredentialsTest, a_merchants_own_rate_limit_comes_with_its_key) {
    const Merchant merchant = new_shop();
    const auto key = new_key(merchant);
    EXPECT_FALSE(find(key.key)->merchant->limit);
    MerchantChange change;
    change.limit.emplace(RateLimit{.per_second = 5, .burst = 9});
    ASSERT_TRUE(wait(administration_.update_merchant(merchant.id, change, kOperator, soon())));
    credentials_->forget(merchant.id);
    EXPECT_EQ(find(key.key)->merchant->limit, (RateLimit{.per_second = 5, .burst = 9}));
}

TEST_F(CredentialsTest, only_the_keyed_hash_is_stored) {
    const auto key = new_key(new_shop());
    const std::string secret(key.key.expose());
    EXPECT_EQ(count("select count(*) from api_keys k where k::text like '%" + secret.substr(8) + "%'"), 0);
    EXPECT_EQ(count("select count(*) from admin_audit_log a where a::text like '%" + secret.substr(8) + "%'"), 0);
    Credentials other(loop_.get_executor(), urls().application, Secret("another pepper"));
    EXPECT_FALSE(wait(other.find_key(secret, soon())));
}

// a wrong prefix, and the random part under the prefix of another mode.
TEST_F(CredentialsTest, a_12_a_key_under_another_prefix_is_nobody) {
    const auto key = new_key(new_shop());
    const auto random = std::string(key.key.expose().substr(8));
    for (const std::string prefix : {"sk_live_", "sk_admin_", "pk_test_", "SK_TEST_", "sk-test-", ""}) {
        EXPECT_FALSE(find(prefix + random)) << prefix;
    }
    EXPECT_TRUE(find("sk_test_" + random));
}

TEST_F(CredentialsTest, requests_of_a_new_key_that_come_together_are_one_look_up) {
    const auto key = new_key(new_shop());
    int asked = 0;
    std::vector<Task<std::optional<Credential>>> tasks;
    for (int i = 0; i < 500; ++i)
        tasks.push_back(
            credentials_->find_key(std::string(key.key.expose()), soon(), [&asked] { return ++asked == 1; }));
    for (const auto& found : wait_all(std::move(tasks))) EXPECT_TRUE(found && found->key == key.row.id);
    EXPECT_EQ(asked, 1);

    Credentials nowhere(loop_.get_executor(), "host=/nonexistent dbname=florin", Secret("pepper"));
    const auto fails = [&] { wait(nowhere.find_key("sk_test_" + std::string(48, 'a'), soon())); };
    EXPECT_THROW(fails(), postgres::ConnectionLost);
    EXPECT_THROW(fails(), postgres::ConnectionLost) << "a look-up that failed is over";
}

TEST_F(CredentialsTest, a_look_up_that_may_not_be_finds_nobody) {
    const auto key = new_key(new_shop());
    const std::string text(key.key.expose());
    EXPECT_FALSE(wait(credentials_->find_key(text, soon(), [] { return false; })));
    EXPECT_TRUE(wait(credentials_->find_key(text, soon(), [] { return true; })));
    EXPECT_TRUE(wait(credentials_->find_key(text, soon(), [] { return false; }))) << "known by now";
}

// and no guess gets as far as the database but by its form.
TEST_F(CredentialsTest, a_malformed_key_costs_no_look_up) {
    Credentials nowhere(loop_.get_executor(), "host=/nonexistent dbname=florin", Secret("pepper"));
    for (const std::string& key : {std::string(), std::string("sk_test_"), std::string("sk_test_short"),
                                   "sk_test_" + std::string(47, 'a'), "sk_test_" + std::string(49, 'a'),
                                   "sk_test_" + std::string(47, 'a') + "'", "sk_admin_" + std::string(47, 'a'),
                                   "pk_test_" + std::string(48, 'a'), "sk_test_" + std::string(47, 'a') + '\0'}) {
        EXPECT_FALSE(wait(nowhere.find_key(key, soon()))) << key;
    }
    EXPECT_THROW(wait(nowhere.find_key("sk_test_" + std::string(48, 'a'), soon())), postgres::ConnectionLost);
}

TEST_F(CredentialsTest, an_unknown_key_is_nobody_and_may_be_kept_from_the_database) {
    const std::string unknown = "sk_test_" + std::string(48, 'a');
    EXPECT_FALSE(find(unknown));
    int asked = 0;
    const auto refuse = [&] { return ++asked == 0; };
    EXPECT_FALSE(wait(credentials_->find_key(unknown, soon(), refuse)));
    EXPECT_EQ(asked, 1);
    const auto key = new_key(new_shop());
    ASSERT_TRUE(find(key.key));
    EXPECT_TRUE(wait(credentials_->find_key(std::string(key.key.expose()), soon(), refuse)));
    EXPECT_EQ(asked, 1) << "what is known is not limited";
}

//
TEST_F(CredentialsTest, a_12_a_revoked_key_is_refused_at_once_here_and_soon_elsewhere) {
    const auto key = new_key(new_shop());
    auto elsewhere = make_credentials();
    ASSERT_TRUE(find(key.key) && wait(elsewhere->find_key(std::string(key.key.expose()), soon())));
    ASSERT_TRUE(wait(administration_.revoke_key(key.row.id, kOperator, soon())));
    credentials_->forget(key.row.id);
    EXPECT_FALSE(find(key.key));
    EXPECT_TRUE(soon_refused(*elsewhere, key.key));
}

TEST_F(CredentialsTest, a_12_an_expired_key_is_nobody_though_it_was_known) {
    const auto key = new_key(new_shop());
    ASSERT_TRUE(find(key.key));
    query("update api_keys set expires_at = florin_now() where id = '" + to_string(key.row.id.uuid()) + "'");
    EXPECT_TRUE(soon_refused(*credentials_, key.key));
    query("update api_keys set expires_at = florin_now() + interval '1 hour' where id = '" +
          to_string(key.row.id.uuid()) + "'");
    EXPECT_TRUE(find(key.key));
}

TEST_F(CredentialsTest, a_12_the_keys_of_a_closed_merchant_are_nobody_until_it_is_reopened) {
    const Merchant merchant = new_shop();
    const auto key = new_key(merchant);
    ASSERT_TRUE(find(key.key));
    ASSERT_TRUE(wait(administration_.update_merchant(merchant.id, {.closed = true}, kOperator, soon())));
    EXPECT_TRUE(soon_refused(*credentials_, key.key));
    ASSERT_TRUE(wait(administration_.update_merchant(merchant.id, {.closed = false}, kOperator, soon())));
    EXPECT_TRUE(find(key.key));
}

TEST_F(CredentialsTest, the_last_use_is_written_behind_the_request_and_not_with_every_one) {
    const auto key = new_key(new_shop());
    const auto last_use = [&] { return wait(administration_.find_key(key.row.id, soon()))->last_used_at; };
    EXPECT_FALSE(last_use());
    ASSERT_TRUE(find(key.key));
    const Deadline limit = soon();
    while (!last_use() && !limit.passed()) {
    }
    const auto first = last_use();
    ASSERT_TRUE(first);
    auto elsewhere = make_credentials();
    ASSERT_TRUE(wait(elsewhere->find_key(std::string(key.key.expose()), soon())));
    // Another key's use is written after this one's was looked at.
    const auto other = new_key(new_shop());
    ASSERT_TRUE(wait(elsewhere->find_key(std::string(other.key.expose()), soon())));
    while (!wait(administration_.find_key(other.row.id, soon()))->last_used_at && !limit.passed()) {
    }
    EXPECT_EQ(last_use(), first) << "within a minute it is written once, whoever sees it";
}

}  // namespace
}  // namespace florin::store::test
