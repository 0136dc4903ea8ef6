#include "api/token_buckets.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace florin::api {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using Buckets = TokenBuckets<int>;

constexpr Moment kBegin{};
constexpr store::RateLimit kLimit{10, 100};

bool take(TokenBucket& bucket) {
    if (bucket.wait() > nanoseconds(0)) return false;
    bucket.take();
    return true;
}

// How many of `asked` requests at one moment go through.
int admitted(Buckets& buckets, int key, store::RateLimit limit, Moment now, int asked) {
    int count = 0;
    for (int i = 0; i < asked; ++i) count += take(buckets.of(key, limit, now));
    return count;
}

// Billionths of a request: per_second × t with t in nanoseconds.
std::int64_t earned(store::RateLimit limit, nanoseconds t) {
    return limit.per_second * t.count();
}

RC_GTEST_PROP(TokenBucketsTest, admits_exactly_burst_and_rate_whatever_the_pace_of_the_requests, ()) {
    // A burst above what the longest pause brings: else a bucket is full before anybody could ask.
    const store::RateLimit limit{*rc::gen::inRange(1, 5'000), *rc::gen::inRange(16, 3'000)};
    const auto pauses =
        *rc::gen::container<std::vector<std::int64_t>>(200, rc::gen::inRange<std::int64_t>(0, 3'000'000));
    const auto asked = *rc::gen::inRange(1, 50);
    Buckets buckets(1);
    nanoseconds t{0};
    std::int64_t count = 0;
    bool demand_is_higher = true;  // no request too few was asked at any moment
    for (const auto pause : pauses) {
        t += nanoseconds(pause);
        const int now = admitted(buckets, 1, limit, kBegin + t, asked);
        demand_is_higher = demand_is_higher && now < asked;
        count += now;
        RC_ASSERT((count - limit.burst) * 1'000'000'000 <= earned(limit, t));
    }
    if (demand_is_higher) RC_ASSERT((count + 1) * 1'000'000'000 > earned(limit, t));
}

TEST(TokenBucketsTest, no_rounding_gathers) {
    // 7 per second: a request each 142857142 6/7 ns. A bucket that counted whole nanoseconds would lose one each time.
    constexpr store::RateLimit kSeven{7, 2};
    TokenBucket bucket(kSeven, kBegin);
    bucket.take();
    bucket.take();
    nanoseconds t{0};
    for (int i = 0; i < 700'000; ++i) {
        t += bucket.wait();
        bucket.refill(kSeven, kBegin + t);
        ASSERT_TRUE(take(bucket));
    }
    EXPECT_EQ(std::chrono::ceil<seconds>(t).count(), 100'000);
    bucket.refill(kSeven, kBegin + std::chrono::years(1));
    EXPECT_TRUE(bucket.is_full());
}

TEST(TokenBucketsTest, the_largest_limits_and_the_longest_rests_do_not_overflow) {
    constexpr int kMost = std::numeric_limits<int>::max();
    for (const store::RateLimit limit : {store::RateLimit{kMost, kMost}, {kMost, 1}, {1, kMost}, {1, 0}, {1, -5}}) {
        TokenBucket bucket(limit, kBegin);
        EXPECT_TRUE(take(bucket));
        bucket.refill(limit, Moment::max());
        EXPECT_TRUE(bucket.is_full());
        bucket.refill(limit, kBegin);  // a clock that steps back takes nothing and gives nothing
        EXPECT_TRUE(bucket.is_full());
    }
}

TEST(TokenBucketsTest, the_wait_that_is_told_is_enough_and_not_a_nanosecond_too_long) {
    TokenBucket bucket({3, 1}, kBegin);
    bucket.take();
    const auto wait = bucket.wait();
    EXPECT_EQ(wait.count(), 333'333'334);
    bucket.refill({3, 1}, kBegin + wait - nanoseconds(1));
    EXPECT_FALSE(take(bucket));
    bucket.refill({3, 1}, kBegin + wait);
    EXPECT_TRUE(take(bucket));
}

TEST(TokenBucketsTest, a_new_limit_holds_at_once) {
    Buckets buckets(10);
    EXPECT_EQ(admitted(buckets, 1, {10, 100}, kBegin, 50), 50);
    EXPECT_EQ(admitted(buckets, 1, {10, 5}, kBegin, 50), 5);
    EXPECT_EQ(admitted(buckets, 1, {1000, 100}, kBegin + seconds(1), 500), 5) << "the second passed under the old one";
}

TEST(TokenBucketsTest, keys_do_not_disturb_each_other) {
    Buckets buckets(10);
    EXPECT_EQ(admitted(buckets, 1, kLimit, kBegin, 1000), 100);
    EXPECT_EQ(admitted(buckets, 2, kLimit, kBegin, 1000), 100);
    EXPECT_EQ(admitted(buckets, 1, kLimit, kBegin + seconds(1), 1000), 10);
}

TEST(TokenBucketsTest, ever_new_keys_take_neither_memory_nor_more_than_one_bucket) {
    Buckets buckets(100);
    int through = 0;
    for (int key = 0; key < 100'000; ++key) through += take(buckets.of(key, kLimit, kBegin));
    EXPECT_EQ(buckets.size(), 100U);
    EXPECT_EQ(through, 100 + kLimit.burst);
}

TEST(TokenBucketsTest, full_buckets_are_forgotten_and_others_never) {
    Buckets buckets(1000);
    EXPECT_EQ(admitted(buckets, -1, kLimit, kBegin, 1000), 100);
    for (int key = 0; key < 900; ++key) take(buckets.of(key, kLimit, kBegin));
    // After a second those who sent once are full again; the spent one is not.
    for (int key = 1000; key < 1300; ++key) buckets.of(key, kLimit, kBegin + seconds(1));
    EXPECT_LT(buckets.size(), 400U);
    EXPECT_EQ(admitted(buckets, -1, kLimit, kBegin + seconds(1), 1000), 10);
}

}  // namespace
}  // namespace florin::api
