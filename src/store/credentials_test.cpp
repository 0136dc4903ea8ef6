#include "store/credentials.hpp"

#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

class CredentialsTest : public StoreTest {
protected:
    std::unique_ptr<Credentials> make() {
        return std::make_unique<Credentials>(loop_.get_executor(), urls().application, Secret("pepper"));
    }
    std::unique_ptr<Credentials> credentials_ = make();
};

TEST_F(CredentialsTest, a_new_key_leads_to_its_merchant_and_mode) {
    const Merchant merchant = wait(credentials_->create_merchant("Corner Shop", {250, 30}, soon()));
    const auto test = wait(credentials_->create_key(merchant.id, false, "first", soon()));
    const auto live = wait(credentials_->create_key(merchant.id, true, "second", soon()));
    ASSERT_TRUE(test && live);
    EXPECT_TRUE(test->key.expose().starts_with("sk_test_"));
    EXPECT_TRUE(live->key.expose().starts_with("sk_live_"));
    EXPECT_TRUE(test->row.hint.ends_with(test->key.expose().substr(52)));

    const auto found = wait(credentials_->find_key(std::string(test->key.expose()), soon()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->merchant->id, merchant.id);
    EXPECT_EQ(found->merchant->fee_for(kJpy).basis_points, 250);
    EXPECT_FALSE(found->live);
    EXPECT_TRUE(wait(credentials_->find_key(std::string(live->key.expose()), soon()))->live);
}

TEST_F(CredentialsTest, only_the_keyed_hash_is_stored) {
    const Merchant merchant = wait(credentials_->create_merchant("Shop", {0, 0}, soon()));
    const auto key = wait(credentials_->create_key(merchant.id, false, "k", soon()));
    const std::string secret(key->key.expose());
    EXPECT_EQ(count("select count(*) from api_keys k where k::text like '%" + secret.substr(8) + "%'"), 0);
    Credentials other(loop_.get_executor(), urls().application, Secret("another pepper"));
    EXPECT_FALSE(wait(other.find_key(secret, soon())));
}

TEST_F(CredentialsTest, malformed_and_unknown_keys_are_nobody) {
    for (const std::string key : {"", "sk_test_", "sk_test_short", "pk_test_", "sk_live_' or 1=1 --"}) {
        EXPECT_FALSE(wait(credentials_->find_key(key, soon()))) << key;
    }
    EXPECT_FALSE(wait(credentials_->find_key("sk_test_" + std::string(48, 'a'), soon())));
    EXPECT_FALSE(wait(credentials_->find_key("sk_test_" + std::string(49, 'a'), soon())));
}

TEST_F(CredentialsTest, a_revoked_key_is_refused_at_once_here_and_soon_elsewhere) {
    const Merchant merchant = wait(credentials_->create_merchant("Shop", {0, 0}, soon()));
    const auto key = wait(credentials_->create_key(merchant.id, false, "k", soon()));
    const std::string secret(key->key.expose());
    auto elsewhere = make();
    EXPECT_TRUE(wait(elsewhere->find_key(secret, soon())));
    EXPECT_TRUE(wait(credentials_->revoke_key(key->row.id, soon()))->revoked_at);
    EXPECT_FALSE(wait(credentials_->find_key(secret, soon())));
    const Deadline limit = soon();
    while (!limit.passed() && wait(elsewhere->find_key(secret, soon()))) {
    }
    EXPECT_FALSE(limit.passed());
}

TEST_F(CredentialsTest, keys_and_merchants_are_listed_and_what_does_not_exist_is_not_found) {
    const Merchant merchant = wait(credentials_->create_merchant("Listed", {100, 0}, soon()));
    query("insert into fee_plans values ('" + to_string(merchant.id.uuid()) + "', 'JPY', 300, 5)");
    const auto key = wait(credentials_->create_key(merchant.id, false, "k", soon()));
    ASSERT_EQ(wait(credentials_->list_keys(merchant.id, soon())).size(), 1U);
    const auto merchants = wait(credentials_->list_merchants(soon()));
    const auto mine = std::ranges::find(merchants, merchant.id, &Merchant::id);
    ASSERT_NE(mine, merchants.end());
    EXPECT_EQ(mine->fee_for(kJpy).fixed, 5);
    EXPECT_EQ(mine->fee_for(kUsd).basis_points, 100);
    EXPECT_EQ(wait(store().fee_rule(merchant.id, kJpy, soon())).fixed, 5);
    EXPECT_EQ(wait(store().fee_rule(merchant.id, kUsd, soon())).basis_points, 100);

    const auto nobody = MerchantId::make(SystemClock().now(), Bucket{1}, false);
    EXPECT_EQ(wait(credentials_->create_key(nobody, false, "k", soon())).error().error, Error::not_found);
    EXPECT_EQ(wait(credentials_->revoke_key(KeyId(nobody.uuid()), soon())).error().error, Error::not_found);
    EXPECT_TRUE(key);
}

}  // namespace
}  // namespace florin::store::test
