#include "cli/key_life.hpp"

#include <gtest/gtest.h>

#include "cli/command.hpp"

namespace florin::cli {
namespace {

TEST(KeyLife, an_end_is_a_span_from_now_or_a_time_ahead) {
    const auto now = *parse_time("2026-03-13T10:00:00Z");
    EXPECT_EQ(parse_end("90d", now), *parse_time("2026-06-11T10:00:00Z"));
    EXPECT_EQ(parse_end("1h", now), *parse_time("2026-03-13T11:00:00Z"));
    EXPECT_EQ(parse_end("2027-01-31T00:00:00Z", now), *parse_time("2027-01-31T00:00:00Z"));
    for (const auto* text :
         {"", "soon", "90", "0d", "-1d", "2026-03-13T10:00:00Z", "2020-01-01T00:00:00Z", "2027-13-01"})
        EXPECT_THROW(parse_end(text, now), UsageError) << text;
}

TEST(KeyLife, an_overlap_is_a_span_up_to_a_month_or_none) {
    EXPECT_EQ(parse_overlap("0"), std::chrono::seconds(0));
    EXPECT_EQ(parse_overlap("24h"), std::chrono::hours(24));
    EXPECT_EQ(parse_overlap("30d"), std::chrono::days(30));
    for (const auto* text : {"", "24", "31d", "-1h", "00"}) EXPECT_THROW(parse_overlap(text), UsageError) << text;
}

}  // namespace
}  // namespace florin::cli
