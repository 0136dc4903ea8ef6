#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace florin::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, is_a_whole_number_and_a_unit) {
    EXPECT_EQ(parse_duration("1s"), Milliseconds(1s));
    EXPECT_EQ(parse_duration("15m"), Milliseconds(15min));
    EXPECT_EQ(parse_duration("24h"), Milliseconds(24h));
    EXPECT_EQ(parse_duration("3653d"), Milliseconds(24h) * 3653);
    for (const auto* text : {"", "h", "1", "0h", "-1h", "+1h", "1.5h", "1 h", " 1h", "1h ", "1w", "1ms", "1hh", "h1",
                             "3654d", "4294967296s", "99999999999999999999d"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Schedule, is_a_list_of_growing_durations) {
    EXPECT_EQ(parse_schedule("1h,1d,30d"), (std::vector<Milliseconds>{1h, 24h, 720h}));
    EXPECT_EQ(parse_schedule("5s"), std::vector<Milliseconds>{5s});
    EXPECT_EQ(parse_schedule(""), std::vector<Milliseconds>{});
    for (const auto* text : {",", "1h,", ",1h", "1h,,1d", "1h, 1d", "1d,1h", "1h,60m", "1h;1d"})
        EXPECT_FALSE(parse_schedule(text)) << text;
}

}  // namespace
}  // namespace florin::config
