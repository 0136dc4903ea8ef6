#include "webhooks/schedule.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace florin::webhooks {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
constexpr double kShortest = 0, kMiddle = 0.5, kLongest = 1;

TEST(Schedule, a_delivery_is_tried_after_1_2_4_seconds_and_so_on) {
    struct Case {
        int tries;
        Milliseconds since_first_try;
        Milliseconds middle, shortest, longest;
    };
    const std::vector<Case> cases{
        {1, seconds(0), seconds(1), Milliseconds(800), Milliseconds(1'200)},
        {2, seconds(1), seconds(2), Milliseconds(1'600), Milliseconds(2'400)},
        {3, seconds(3), seconds(4), Milliseconds(3'200), Milliseconds(4'800)},
        {11, seconds(1'023), seconds(1'024), Milliseconds(819'200), Milliseconds(1'228'800)},
        {16, seconds(32'767), seconds(32'768), Milliseconds(26'214'400), Milliseconds(39'321'600)},
        {17, seconds(65'535), hours(24) - seconds(65'535), hours(24) - seconds(65'535), hours(24) - seconds(65'535)},
        {400, hours(23), hours(1), hours(1), hours(1)},
    };
    for (const auto& one : cases) {
        FailedTry failed{.tries = one.tries, .since_first_try = one.since_first_try};
        failed.dice = kMiddle;
        EXPECT_EQ(next_try(failed), one.middle) << one.tries;
        failed.dice = kShortest;
        EXPECT_EQ(next_try(failed), one.shortest) << one.tries;
        failed.dice = kLongest;
        EXPECT_EQ(next_try(failed), one.longest) << one.tries;
    }
}

TEST(Schedule, the_last_try_is_a_day_after_the_first) {
    EXPECT_EQ(next_try({.tries = 18, .since_first_try = hours(24)}), std::nullopt);
    EXPECT_EQ(next_try({.tries = 2, .since_first_try = hours(26)}), std::nullopt);
    EXPECT_EQ(next_try({.tries = 2, .since_first_try = hours(24) - Milliseconds(1)}), Milliseconds(1));
}

TEST(Schedule, what_the_endpoint_asks_for_is_honoured_to_a_bound) {
    const auto asked = [](Milliseconds retry_after) {
        return next_try({.tries = 3, .since_first_try = seconds(3), .retry_after = retry_after});
    };
    EXPECT_EQ(asked(seconds(0)), seconds(4));
    EXPECT_EQ(asked(seconds(90)), seconds(90));
    EXPECT_EQ(asked(hours(200)), kLongestRetryAfter);
    EXPECT_EQ(asked(seconds(-5)), seconds(4));
    EXPECT_EQ(back_off(1, seconds(90), kMiddle), seconds(90));
    EXPECT_EQ(back_off(1, hours(200), kMiddle), kLongestRetryAfter);
}

TEST(Schedule, an_endpoint_is_left_alone_for_longer_and_longer_up_to_an_hour) {
    EXPECT_EQ(back_off(1, std::nullopt, kMiddle), seconds(1));
    EXPECT_EQ(back_off(2, std::nullopt, kMiddle), seconds(2));
    EXPECT_EQ(back_off(12, std::nullopt, kMiddle), seconds(2'048));
    EXPECT_EQ(back_off(13, std::nullopt, kMiddle), kLongestBackOff);
    EXPECT_EQ(back_off(1'000'000, std::nullopt, kMiddle), kLongestBackOff);
}

// O-06: an endpoint that is down for 26 hours, in the time that the schedule itself makes.
RC_GTEST_PROP(Schedule, o_06_a_delivery_is_tried_for_a_day_ever_more_rarely_and_then_given_up, ()) {
    Milliseconds since_first{0};
    Milliseconds before{0};
    int tries = 1;
    for (; tries < 100; ++tries) {
        const double dice = *rc::gen::inRange(0, 1'001) / 1'000.0;
        const auto after = next_try({.tries = tries, .since_first_try = since_first, .dice = dice});
        if (!after) break;
        const bool is_last = since_first + *after == kLastTry;
        RC_ASSERT(*after > Milliseconds{0});
        RC_ASSERT(is_last || *after > before);
        const auto plain = kFirstDelay * (std::int64_t{1} << (tries - 1));
        RC_ASSERT(is_last || (*after >= plain * 8 / 10 && *after <= plain * 12 / 10));
        before = *after;
        since_first += *after;
    }
    RC_ASSERT(since_first == kLastTry);
    RC_ASSERT(tries >= 17 && tries <= 19);
}

// Whatever an endpoint answers, it is never asked more often than its schedule, nor left alone for ever.
RC_GTEST_PROP(Schedule, delays_are_bounded_whatever_is_asked_for, ()) {
    const int tries = *rc::gen::inRange(1, 10'000);
    const double dice = *rc::gen::inRange(0, 1'001) / 1'000.0;
    const Milliseconds since(*rc::gen::inRange<std::int64_t>(0, kLastTry.count()));
    const Milliseconds asked(*rc::gen::arbitrary<std::int64_t>());
    const auto after = next_try({.tries = tries, .since_first_try = since, .retry_after = asked, .dice = dice});
    RC_ASSERT(after && *after > Milliseconds{0} && since + *after <= kLastTry);
    const auto rest = back_off(tries, asked, dice);
    RC_ASSERT(rest >= Milliseconds{800} && rest <= kLongestBackOff * 12 / 10);
}

}  // namespace
}  // namespace florin::webhooks
