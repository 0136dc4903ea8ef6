#include "base/clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace florin {
namespace {

using namespace std::chrono_literals;

TEST(Clock, time_is_shown_in_utc_with_milliseconds) {
    EXPECT_EQ(format_time(WallTime(0us)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_time(WallTime(1'773'396'000'123'999us)), "2026-03-13T10:00:00.123Z");
    EXPECT_EQ(format_time(WallTime(-1us)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(format_time(*parse_time("2024-02-29T23:59:59.999Z")), "2024-02-29T23:59:59.999Z");
}

TEST(Clock, rfc_3339_is_parsed_with_fraction_and_offset) {
    EXPECT_EQ(parse_time("2026-03-13T10:00:00Z"), WallTime(1'773'396'000s));
    EXPECT_EQ(parse_time("2026-03-13T10:00:00.5Z"), WallTime(1'773'396'000'500ms));
    EXPECT_EQ(parse_time("2026-03-13T10:00:00.123456Z"), WallTime(1'773'396'000'123'456us));
    EXPECT_EQ(parse_time("2026-03-13T12:00:00+02:00"), WallTime(1'773'396'000s));
    EXPECT_EQ(parse_time("2026-03-13T04:30:00-05:30"), WallTime(1'773'396'000s));
}

TEST(Clock, anything_else_is_no_time) {
    for (const char* text :
         {"", "2026-03-13", "2026-03-13T10:00:00", "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z",
          "2026-03-13T24:00:00Z", "2026-03-13T10:60:00Z", "2026-03-13T10:00:61Z", "2026-03-13 10:00:00Z",
          "2026-03-13T10:00:00.Z", "2026-03-13T10:00:00.1234567Z", "2026-03-13T10:00:00Zx", "2026-03-13T10:00:00+2:00",
          "2026-03-13T10:00:00+24:00", "-026-03-13T10:00:00Z", "2026-3-13T10:00:00Z", "2026-03-13T10:00:00z",
          "9999-12-31T23:59:00-00:01", "0000-01-01T00:00:00+00:01"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

RC_GTEST_PROP(ClockProperty, a_shown_time_is_parsed_back, ()) {
    const auto ms = *rc::gen::inRange<std::int64_t>(0, 253'402'300'799'999);
    const WallTime time{Milliseconds(ms)};
    RC_ASSERT(parse_time(format_time(time)) == time);
}

TEST(Deadline, it_passes_and_what_remains_is_never_negative) {
    const Deadline passed = Deadline::after(0ms);
    EXPECT_TRUE(passed.passed());
    EXPECT_EQ(passed.remaining(), 0ms);
    EXPECT_TRUE(Deadline::after(-5ms).passed());

    const Deadline ahead = Deadline::after(1h);
    EXPECT_FALSE(ahead.passed());
    EXPECT_GT(ahead.remaining(), 59min);
    EXPECT_LE(ahead.remaining(), 1h);
    EXPECT_TRUE(ahead.earlier(passed).passed());
    EXPECT_TRUE(passed.earlier(ahead).passed());
}

TEST(Deadline, the_longest_duration_does_not_overflow) {
    EXPECT_FALSE(Deadline::after(Milliseconds::max()).passed());
}

}  // namespace
}  // namespace florin
