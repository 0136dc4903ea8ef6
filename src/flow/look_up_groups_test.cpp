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
                                        opened_at(minutes(9)), opened_at(minutes(205))});
    ASSERT_EQ(groups.size(), 2U);
    ASSERT_EQ(groups[0].size(), 3U);
    EXPECT_EQ(groups[0][0].recorded_at, WallTime(minutes(0)));
    EXPECT_EQ(groups[0][2].recorded_at, WallTime(minutes(9)));
    EXPECT_EQ(groups[1].size(), 2U);
}

store::Taken opened(payments::OperationKind kind, std::string reference = "pi_1") {
    auto taken = some_taken();
    taken.attempt.kind = kind;
    taken.payment.psp_reference = std::move(reference);
    return taken;
}

// Beside an hour-long window its short one would be read in vain again and again.
TEST(LookUpGroups, of_the_fenced_are_small_and_their_own) {
    std::vector<store::Taken> all;
    for (int second = 0; second < 300; second += 30) {
        all.push_back(opened_at(minutes(0)));
        all.back().recorded_at += std::chrono::seconds(second);
        all.push_back(all.back());
        all.back().fenced_at = all.back().recorded_at;
    }
    const auto groups = look_up_groups(std::move(all));
    ASSERT_EQ(groups.size(), 5U);
    EXPECT_EQ(groups[0].size(), 10U);
    for (std::size_t i = 1; i < groups.size(); ++i) {
        EXPECT_TRUE(groups[i].front().fenced_at);
        EXPECT_LE(groups[i].back().recorded_at - groups[i].front().recorded_at, minutes(1));
    }
}

// Otherwise one object that cannot be read keeps all of them open.
TEST(LookUpGroups, share_a_sweep_only_where_they_stand_in_the_same_place) {
    using enum payments::OperationKind;
    const auto groups =
        look_up_groups({opened(sale), opened(capture), opened(refund, "pi_2"), opened(authorize, "pi_2"), opened(void_),
                        opened(capture, "pi_2"), opened(late_refund), opened(expire, "pi_2")});
    ASSERT_EQ(groups.size(), 4U);
    for (const auto& group : groups) EXPECT_EQ(group.size(), 2U);
    EXPECT_EQ(groups[2][0].payment.psp_reference, groups[2][1].payment.psp_reference);
    EXPECT_EQ(groups[3][0].payment.psp_reference, groups[3][1].payment.psp_reference);
}

// A window that grows from one to the next gets too long to be read whole, for all of them.
TEST(LookUpGroups, never_reach_further_than_ten_minutes) {
    std::vector<store::Taken> all;
    for (int minute = 0; minute < 60; minute += 4) all.push_back(opened_at(minutes(minute)));
    for (const auto& group : look_up_groups(std::move(all))) {
        EXPECT_LE(group.back().recorded_at - group.front().recorded_at, minutes(10));
        EXPECT_GE(group.size(), 3U);
    }
}

}  // namespace
}  // namespace florin::flow
