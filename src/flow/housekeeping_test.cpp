#include "flow/housekeeping.hpp"

#include <gtest/gtest.h>

namespace florin::flow {
namespace {

using namespace std::chrono_literals;

TEST(Housekeeping, counts_more_seldom_where_counting_takes_long) {
    EXPECT_EQ(pause_between_counts(0ms), 10s);
    EXPECT_EQ(pause_between_counts(500ms), 10s);
    EXPECT_EQ(pause_between_counts(2s), 40s);
    EXPECT_EQ(pause_between_counts(10min), 5min);
}

}  // namespace
}  // namespace florin::flow
