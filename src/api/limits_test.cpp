#include "api/limits.hpp"

#include <gtest/gtest.h>

namespace florin::api {
namespace {

using std::chrono::seconds;

constexpr Moment kBegin{};

store::Credential credential_of(int merchant, int key, bool live = false, std::optional<store::RateLimit> limit = {}) {
    store::Merchant row;
    row.id = MerchantId(make_uuid(WallTime{}, Bucket{static_cast<std::uint16_t>(merchant)}, false));
    row.limit = limit;
    return {.key = KeyId(make_uuid(WallTime{}, Bucket{static_cast<std::uint16_t>(key)}, live)),
            .live = live,
            .merchant = std::make_shared<const store::Merchant>(std::move(row))};
}

int admitted(Limits& limits, const store::Credential& credential, int asked, Moment now = kBegin) {
    int count = 0;
    for (int i = 0; i < asked; ++i) count += !limits.admit(credential, now);
    return count;
}

int looked_up(Limits& limits, std::string_view peer, int asked, Moment now = kBegin) {
    int count = 0;
    for (int i = 0; i < asked; ++i) count += !limits.admit_look_up(peer, now);
    return count;
}

TEST(LimitsTest, a_merchant_is_limited_over_all_its_keys_by_mode) {
    Limits limits({.merchant = {10, 20}});
    auto one = credential_of(1, 1);
    auto other = one;
    other.key = credential_of(1, 2).key;
    auto live = one;
    live.live = true;
    EXPECT_EQ(admitted(limits, one, 15), 15);
    EXPECT_EQ(admitted(limits, other, 15), 5);
    EXPECT_EQ(admitted(limits, live, 30), 20);
    EXPECT_EQ(admitted(limits, credential_of(2, 3), 30), 20);
    EXPECT_EQ(admitted(limits, other, 30, kBegin + seconds(1)), 10);
}

TEST(LimitsTest, a_merchants_own_limit_stands_in_place_of_the_configured_one) {
    Limits limits({.merchant = {10, 20}});
    EXPECT_EQ(admitted(limits, credential_of(1, 1, false, store::RateLimit{1, 2}), 30), 2);
    EXPECT_EQ(admitted(limits, credential_of(2, 2, false, store::RateLimit{100, 200}), 300), 200);
    EXPECT_EQ(admitted(limits, credential_of(3, 3, false, store::RateLimit{0, 0}), 300), 300);
}

TEST(LimitsTest, a_key_is_limited_besides_and_what_it_may_not_send_costs_its_merchant_nothing) {
    Limits limits({.merchant = {10, 20}, .key = {5, 8}});
    auto one = credential_of(1, 1);
    auto other = one;
    other.key = credential_of(1, 2).key;
    EXPECT_EQ(admitted(limits, one, 100), 8);
    EXPECT_EQ(limits.admit(one, kBegin)->by, "key");
    EXPECT_EQ(admitted(limits, other, 100), 8);
    auto third = one;
    third.key = credential_of(1, 3).key;
    EXPECT_EQ(admitted(limits, third, 100), 4);
    const auto refused = limits.admit(third, kBegin);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->by, "merchant");
    EXPECT_EQ(refused->refusal.error, Error::rate_limited);
    EXPECT_EQ(refused->refusal.retry_after_s, 1);
}

TEST(LimitsTest, an_operators_key_is_limited_as_a_merchant_is) {
    Limits limits({.merchant = {10, 20}});
    const store::Credential key{.key = credential_of(1, 1).key, .merchant = nullptr};
    const store::Credential other{.key = credential_of(1, 2).key, .merchant = nullptr};
    EXPECT_EQ(admitted(limits, key, 100), 20);
    EXPECT_EQ(admitted(limits, other, 100), 20);
}

TEST(LimitsTest, guesses_are_counted_by_address_and_good_keys_given_back) {
    Limits limits({.unknown_keys = {10, 100}});
    EXPECT_EQ(looked_up(limits, "192.0.2.1", 1000), 100);
    EXPECT_EQ(limits.admit_look_up("192.0.2.1", kBegin)->by, "peer");
    EXPECT_EQ(looked_up(limits, "192.0.2.2", 50), 50);
    EXPECT_EQ(looked_up(limits, "192.0.2.1", 1000, kBegin + seconds(2)), 20);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(limits.admit_look_up("192.0.2.2", kBegin));
        limits.give_back_look_up("192.0.2.2", kBegin);
    }
}

TEST(LimitsTest, a_rate_of_zero_is_no_limit) {
    Limits limits({.merchant = {0, 0}, .key = {0, 0}, .unknown_keys = {0, 0}});
    EXPECT_EQ(admitted(limits, credential_of(1, 1), 10'000), 10'000);
    EXPECT_EQ(looked_up(limits, "192.0.2.1", 10'000), 10'000);
}

TEST(LimitsTest, addresses_that_one_owner_chooses_freely_are_one_peer) {
    EXPECT_EQ(peer_group("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(peer_group("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(peer_group("2001:db8:1:2::1"), peer_group("2001:db8:1:2:ffff::9"));
    EXPECT_NE(peer_group("2001:db8:1:2::1"), peer_group("2001:db8:1:3::1"));
    EXPECT_EQ(peer_group("fe80::1%eth0"), peer_group("fe80::2%eth1"));
    EXPECT_EQ(peer_group(""), "");
}

}  // namespace
}  // namespace florin::api
