#include "base/fail_plan.hpp"

#include <gtest/gtest.h>

#ifdef FLORIN_FAIL_POINTS

namespace florin {
namespace {

using Action = FailPlan::Action;

struct Case {
    const char* text;
    Action action;
    int number, only_hit;
};

TEST(FailPlan, each_action_has_its_words) {
    for (const auto& [text, action, number, only_hit] : {Case{"a=crash", Action::crash, 0, 0},
                                                         {"a=crash@3", Action::crash, 0, 3},
                                                         {"a=hang@1", Action::hang, 0, 1},
                                                         {"a=error", Action::error, 0, 0},
                                                         {"a=sleep:500@2", Action::sleep, 500, 2},
                                                         {"a=gather:36", Action::gather, 36, 0},
                                                         {"a=barrier:2", Action::barrier, 2, 0}}) {
        std::string wrong;
        const auto plans = read_fail_plans(text, wrong);
        ASSERT_TRUE(plans) << text;
        const auto& plan = plans->at("a");
        EXPECT_EQ(plan.action, action) << text;
        EXPECT_EQ(plan.number, number) << text;
        EXPECT_EQ(plan.only_hit, only_hit) << text;
    }
}

TEST(FailPlan, what_cannot_be_read_is_named) {
    for (const char* text : {"a", "=crash", "a=", "a=explode", "a=crash@0", "a=crash@x", "a=crash@", "a=crash:5",
                             "a=sleep", "a=sleep:", "a=sleep:0", "a=gather", "a=gather:-1"}) {
        std::string wrong;
        EXPECT_FALSE(read_fail_plans(std::string("b=crash,") + text, wrong)) << text;
        EXPECT_EQ(wrong, text);
    }
}

TEST(FailPlan, nothing_planned_is_a_plan) {
    std::string wrong;
    EXPECT_TRUE(read_fail_plans("", wrong)->empty());
    EXPECT_EQ(read_fail_plans("a=crash,b=hang", wrong)->size(), 2U);
}

TEST(FailSeed, the_same_seed_strikes_the_same_hits_and_about_as_many_as_it_says) {
    const auto seven = read_fail_seed("7:100");
    const auto eight = read_fail_seed("8:100:error");
    ASSERT_TRUE(seven && eight);
    EXPECT_EQ(seven->action, Action::crash);
    EXPECT_EQ(eight->action, Action::error);
    int struck = 0, alike = 0;
    for (int hit = 1; hit <= 10'000; ++hit) {
        struck += seven->strikes("after_psp_answer", hit);
        alike += seven->strikes("after_psp_answer", hit) && eight->strikes("after_psp_answer", hit);
        EXPECT_EQ(seven->strikes("a", hit), read_fail_seed("7:100")->strikes("a", hit));
    }
    EXPECT_GT(struck, 800);
    EXPECT_LT(struck, 1'200);
    EXPECT_LT(alike, struck / 2);
}

TEST(FailSeed, what_is_no_seed_is_refused) {
    for (const char* text : {"", "7", "7:", "x:5", "7:0", "7:5:explode", "7:5:sleep:9", "7:5:crash@2"}) {
        EXPECT_FALSE(read_fail_seed(text)) << text;
    }
}

}  // namespace
}  // namespace florin

#endif
