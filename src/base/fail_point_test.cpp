#include "base/fail_point.hpp"

#include <gtest/gtest.h>

#ifdef FLORIN_FAIL_POINTS

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace florin {
namespace {

Task<void> pass_a() {
    FLORIN_FAIL_POINT("a");
}

Task<void> pass_b() {
    FLORIN_FAIL_POINT_OF("b", std::string_view("narrow"), std::logic_error("what breaks there"));
}

void run(Task<void> (*pass)(), int times) {
    boost::asio::io_context loop(1);
    for (int i = 0; i < times; ++i) {
        boost::asio::co_spawn(loop, pass(), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }
    loop.run_for(std::chrono::seconds(20));
}

// The plan is read once per process: each case runs in a child of its own.
[[noreturn]] void hit_in_child(const char* plan, Task<void> (*pass)(), int times) {
    setenv("FLORIN_FAIL", plan, 1);
    try {
        run(pass, times);
    } catch (const InjectedFailure&) {
        std::_Exit(3);
    } catch (const std::logic_error&) {
        std::_Exit(4);
    }
    std::_Exit(0);
}

class FailPointDeathTest : public testing::Test {
protected:
    FailPointDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(FailPointDeathTest, the_third_hit_kills_the_process) {
    EXPECT_EXIT(hit_in_child("a=crash@3", pass_a, 3), testing::KilledBySignal(SIGKILL), "\"name\":\"a\",\"hit\":3");
    EXPECT_EXIT(hit_in_child("a=crash@3", pass_a, 2), testing::ExitedWithCode(0), "^$");
}

TEST_F(FailPointDeathTest, what_is_not_named_is_passed_in_silence) {
    EXPECT_EXIT(hit_in_child("a=crash", pass_b, 1), testing::ExitedWithCode(0), "^$");
}

TEST_F(FailPointDeathTest, each_point_has_a_plan_of_its_own) {
    EXPECT_EXIT(hit_in_child("a=crash,b=sleep:1", pass_b, 2), testing::ExitedWithCode(0),
                "\"name\":\"b.narrow\",\"hit\":2");
}

TEST_F(FailPointDeathTest, a_name_may_be_narrowed) {
    EXPECT_EXIT(hit_in_child("b.narrow=crash", pass_b, 1), testing::KilledBySignal(SIGKILL), "b.narrow");
    EXPECT_EXIT(hit_in_child("b.other=crash", pass_b, 1), testing::ExitedWithCode(0), "^$");
}

TEST_F(FailPointDeathTest, an_error_is_what_breaks_there) {
    EXPECT_EXIT(hit_in_child("a=error", pass_a, 1), testing::ExitedWithCode(3), "\"action\":\"error\"");
    EXPECT_EXIT(hit_in_child("b=error", pass_b, 1), testing::ExitedWithCode(4), "\"action\":\"error\"");
}

TEST_F(FailPointDeathTest, those_who_gather_die_together) {
    EXPECT_EXIT(hit_in_child("a=gather:5", pass_a, 5), testing::KilledBySignal(SIGKILL), "gather");
}

TEST_F(FailPointDeathTest, a_barrier_falls_when_all_are_there_and_only_once) {
    EXPECT_EXIT(hit_in_child("a=barrier:5", pass_a, 7), testing::ExitedWithCode(0), "barrier");
}

TEST_F(FailPointDeathTest, a_plan_that_cannot_be_read_stops_the_process) {
    EXPECT_EXIT(hit_in_child("a=explode", pass_b, 1), testing::ExitedWithCode(2), "FLORIN_FAIL: cannot read");
}

std::string temporary_file(const std::string& content) {
    char name[] = "/tmp/florin-fail-XXXXXX";
    ::close(::mkstemp(name));
    std::ofstream(name) << content;
    return name;
}

[[noreturn]] void hit_with_files(const std::string& plan, const std::string& hits) {
    setenv("FLORIN_FAIL_FILE", plan.c_str(), 1);
    setenv("FLORIN_FAIL_HITS", hits.c_str(), 1);
    run(pass_a, 2);
    std::ofstream(plan) << "a=crash";
    run(pass_b, 1);
    run(pass_a, 1);
    std::_Exit(0);
}

TEST_F(FailPointDeathTest, a_plan_may_come_while_it_runs_and_every_hit_is_counted) {
    GTEST_FLAG_SET(death_test_style, "fast");  // the child must see these very files
    const auto plan = temporary_file("");
    const auto hits = temporary_file("");
    EXPECT_EXIT(hit_with_files(plan, hits), testing::KilledBySignal(SIGKILL), "\"name\":\"a\",\"hit\":1");
    std::ifstream file(hits);
    const std::string counted{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(counted, "a pass\na pass\nb.narrow pass\na crash\n");
    std::remove(plan.c_str());
    std::remove(hits.c_str());
}

TEST(FailPoint, the_program_knows_its_points) {
    const auto names = fail_point_names();
    for (const auto* name : {"a", "b"}) EXPECT_NE(std::ranges::find(names, name), names.end());
}

}  // namespace
}  // namespace florin

#endif
