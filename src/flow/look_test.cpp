#include "flow/look.hpp"

#include <gtest/gtest.h>

#include "flow/taken_fixture.hpp"

namespace florin::flow {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

psp::Rules rules_of(bool stores_errors) {
    return {.name = "stripe",
            .safe_age = minutes(20 * 60),
            .longest_request = minutes(60),
            .read_lag = seconds(10),
            .clock_error = seconds(5),
            .stores_errors = stores_errors};
}

store::Taken sent(minutes recorded, minutes send_until) {
    auto taken = some_taken();
    taken.recorded_at = WallTime(recorded);
    taken.send_until = WallTime(send_until);
    return taken;
}

TEST(Look, a_window_reaches_to_the_longest_life_of_the_last_request) {
    const auto window = window_of(sent(minutes(5), minutes(8)), rules_of(true));
    EXPECT_EQ(window.from, WallTime(minutes(5)));
    EXPECT_EQ(window.to, WallTime(minutes(68)));
}

// Nothing is made under a fenced key, so that its list is short however much the account takes in an hour.
TEST(Look, the_window_of_what_is_fenced_ends_at_its_fence) {
    auto taken = sent(minutes(5), minutes(8));
    taken.fenced_at = WallTime(minutes(6));
    EXPECT_EQ(window_of(taken, rules_of(true)).to, WallTime(minutes(6)) + seconds(10));
    EXPECT_EQ(window_of(taken, rules_of(false)).to, WallTime(minutes(68))) << "where a used key can execute again";
}

TEST(Look, the_window_of_several_holds_that_of_each) {
    auto fenced = sent(minutes(5), minutes(100));
    fenced.fenced_at = WallTime(minutes(6));
    const auto wanted =
        look_up_of({sent(minutes(7), minutes(10)), fenced, sent(minutes(6), minutes(9))}, rules_of(true));
    EXPECT_EQ(wanted.from, WallTime(minutes(5)));
    EXPECT_EQ(wanted.to, WallTime(minutes(70)));
    EXPECT_EQ(wanted.calls.size(), 3U);
    EXPECT_TRUE(wanted.begun.next.empty());
}

}  // namespace
}  // namespace florin::flow
