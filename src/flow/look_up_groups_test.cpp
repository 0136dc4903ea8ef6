#include "flow/look_up_groups.hpp"

#include <gtest/gtest.h>

#include "flow/taken_fixture.hpp"

namespace florin::flow {
namespace {

store::Taken opened_at(std::chrono::minutes minute) {
    auto taken = some_taken();
    taken.recorded_at = WallTime(minute);
    return taken;
}

using std::chrono::minutes;

TEST(LookUpGroups, of_nothing_are_none) {
    EXPECT_TRUE(look_up_groups({}).empty());
}

TEST(LookUpGroups, share_a_sweep_while_the_intents_lie_close_together) {
    const auto groups = look_up_groups({opened_at(minutes(200)), opened_at(minutes(0)), opened_at(minutes(5)),
                                        opened_at(minutes(14)), opened_at(minutes(205))});
    ASSERT_EQ(groups.size(), 2U);
    ASSERT_EQ(groups[0].size(), 3U);
    EXPECT_EQ(groups[0][0].recorded_at, WallTime(minutes(0)));
    EXPECT_EQ(groups[0][2].recorded_at, WallTime(minutes(14)));
    EXPECT_EQ(groups[1].size(), 2U);
}

}  // namespace
}  // namespace florin::flow
