#include "base/fail_point.hpp"

#include <gtest/gtest.h>

#ifdef FLORIN_FAIL_POINTS

#include <signal.h>

#include <cstdlib>

namespace florin {
namespace {

// The plan is read once per process: each case runs in a child of its own.
[[noreturn]] void hit_in_child(const char* plan, const char* name, int times) {
    setenv("FLORIN_FAIL", plan, 1);
    for (int i = 0; i < times; ++i) FLORIN_FAIL_POINT(name);
    std::_Exit(0);
}

class FailPointDeathTest : public testing::Test {
protected:
    FailPointDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(FailPointDeathTest, the_third_hit_kills_the_process) {
    EXPECT_EXIT(hit_in_child("a=crash@3", "a", 3), testing::KilledBySignal(SIGKILL), "\"name\":\"a\",\"hit\":3");
    EXPECT_EXIT(hit_in_child("a=crash@3", "a", 2), testing::ExitedWithCode(0), "^$");
}

TEST_F(FailPointDeathTest, what_is_not_named_is_passed_in_silence) {
    EXPECT_EXIT(hit_in_child("a=crash", "b", 1), testing::ExitedWithCode(0), "^$");
}

TEST_F(FailPointDeathTest, each_point_has_a_plan_of_its_own) {
    EXPECT_EXIT(hit_in_child("a=crash,b=sleep:1", "b", 2), testing::ExitedWithCode(0), "\"name\":\"b\",\"hit\":2");
}

TEST_F(FailPointDeathTest, a_plan_that_cannot_be_read_stops_the_process) {
    for (const char* plan : {"a", "=crash", "a=explode", "a=crash@0", "a=crash@x", "a=sleep:"}) {
        EXPECT_EXIT(hit_in_child(plan, "b", 1), testing::ExitedWithCode(2), "FLORIN_FAIL: cannot read");
    }
}

}  // namespace
}  // namespace florin

#endif
