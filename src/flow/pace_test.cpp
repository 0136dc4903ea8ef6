#include "flow/pace.hpp"

#include <gtest/gtest.h>

namespace florin::flow {
namespace {

using namespace std::chrono_literals;
using Kind = psp::Heard::Kind;

// A resolver that always has more to ask than it may, and a PSP that answers at once as it is told to.
class PaceTest : public testing::Test {
protected:
    static constexpr double kMost = 20;
    Pace pace{kMost};
    Pace::Time now = 1h;

    std::size_t ask_for(Pace::Time duration, psp::Heard heard, Pace::Time step = 100ms) {
        std::size_t sent = 0;
        for (const auto end = now + duration; now < end; now += step) {
            const auto room = pace.room(now);
            if (room == 0) continue;
            pace.spend(room, now);
            sent += room;
            for (std::size_t i = 0; i < room; ++i) pace.hear(heard, now);
        }
        return sent;
    }
    void goes_down() {
        for (int i = 0; i < 5; ++i) pace.hear({.kind = Kind::silent}, now);
        ASSERT_TRUE(pace.is_down());
    }
};

TEST_F(PaceTest, a_backlog_leaves_at_the_steady_rate) {
    EXPECT_NEAR(static_cast<double>(ask_for(60s, {})), 60 * kMost, kMost);
}

TEST_F(PaceTest, after_a_rest_no_more_than_a_second_of_it_leaves_at_once) {
    ask_for(1s, {});
    now += 1h;
    EXPECT_LE(pace.room(now), static_cast<std::size_t>(kMost));
}

TEST_F(PaceTest, what_was_spent_beyond_the_room_is_waited_off) {
    pace.room(now);
    pace.spend(101, now);
    EXPECT_EQ(ask_for(4s, {}), 0U);
    EXPECT_GT(ask_for(3s, {}), 0U);
}

// One at a time each would read the long list that all of them could share.
TEST_F(PaceTest, what_took_more_than_was_spent_is_waited_off_and_a_second_of_it_follows_at_once) {
    ASSERT_EQ(ask_for(100ms, {}), 1U);
    pace.owe(100);
    EXPECT_EQ(ask_for(4s, {}), 0U);
    now += 2s;
    EXPECT_EQ(pace.room(now), static_cast<std::size_t>(kMost));
    pace.spend(static_cast<std::size_t>(kMost), now);
    EXPECT_EQ(pace.room(now), 0U);
    EXPECT_LE(ask_for(2s, {}), static_cast<std::size_t>(2 * kMost));
}

TEST_F(PaceTest, p_14_who_asks_for_less_gets_less_and_is_left_alone_as_long_as_it_says) {
    pace.hear({.kind = Kind::limited, .wait = 30s}, now);
    EXPECT_EQ(ask_for(29s, {}), 0U);
    EXPECT_EQ(pace.per_second(), kMost / 2);
    pace.hear({.kind = Kind::limited}, now);
    pace.hear({.kind = Kind::limited}, now);
    EXPECT_EQ(pace.per_second(), kMost / 4) << "what was in flight says it once";
    EXPECT_EQ(pace.room(now), 0U) << "a second, where it names no time";
}

TEST_F(PaceTest, p_14_an_hour_is_an_hour) {
    pace.hear({.kind = Kind::limited, .wait = 1h}, now);
    EXPECT_EQ(ask_for(59min, {}, 1s), 0U);
    EXPECT_GT(ask_for(2min, {}, 1s), 0U);
}

TEST_F(PaceTest, it_is_whole_again_when_all_goes_well) {
    pace.hear({.kind = Kind::limited, .wait = 0s}, now);
    ask_for(60s, {});
    EXPECT_EQ(pace.per_second(), kMost);
}

TEST_F(PaceTest, p_17_a_dead_psp_is_tried_by_one_request_at_a_time_with_growing_pauses) {
    const auto sent = ask_for(10min, {.kind = Kind::silent});
    EXPECT_LE(sent, 24U) << "five or a burst of the first second, then 1, 2, 4, … 60 s";
    EXPECT_GE(sent, 10U);
    EXPECT_EQ(pace.per_second(), 0);
}

TEST_F(PaceTest, p_17_a_probe_that_is_out_keeps_others_back) {
    goes_down();
    now += 1s;
    ASSERT_EQ(pace.room(now), 1U);
    pace.spend(1, now);
    EXPECT_EQ(pace.room(now + 10s), 0U);
    EXPECT_EQ(pace.room(now + 61s), 1U) << "one that was never heard of";
}

TEST_F(PaceTest, p_17_when_it_is_back_it_is_asked_slowly_at_first) {
    goes_down();
    pace.hear({}, now);
    EXPECT_FALSE(pace.is_down());
    EXPECT_LE(pace.room(now), 1U);
    EXPECT_LT(ask_for(1s, {}), static_cast<std::size_t>(kMost) / 2);
    ask_for(60s, {});
    EXPECT_EQ(pace.per_second(), kMost);
}

TEST_F(PaceTest, silence_between_answers_is_bad_luck) {
    for (int i = 0; i < 100; ++i) {
        for (int k = 0; k < 4; ++k) pace.hear({.kind = Kind::silent}, now);
        pace.hear({}, now);
    }
    EXPECT_FALSE(pace.is_down());
}

TEST_F(PaceTest, what_left_before_it_went_down_does_not_stretch_the_pause) {
    goes_down();
    for (int i = 0; i < 50; ++i) pace.hear({.kind = Kind::silent}, now);
    EXPECT_EQ(pace.room(now + 1s), 1U);
}

}  // namespace
}  // namespace florin::flow
