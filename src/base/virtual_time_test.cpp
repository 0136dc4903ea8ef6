#include "base/virtual_time.hpp"

#include <gtest/gtest.h>

#ifdef FLORIN_FAIL_POINTS

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include "base/clock.hpp"
#include "base/timer.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

class TimeFile {
public:
    TimeFile() { ::close(::mkstemp(name_)), show(0s); }
    ~TimeFile() { ::unlink(name_); }
    void show(std::chrono::nanoseconds offset) const {
        const auto value = __builtin_bswap64(static_cast<std::uint64_t>(offset.count()));
        std::fstream file(name_, std::ios::in | std::ios::out | std::ios::binary);
        file.write(reinterpret_cast<const char*>(&value), sizeof value);
    }
    const char* name() const { return name_; }
    // Ends the child, which destroys nothing.
    [[noreturn]] void end(int code) const {
        ::unlink(name_);
        std::_Exit(code);
    }

private:
    char name_[32] = "/tmp/florin-clock-XXXXXX";
};

// The files are mapped once per process: each case runs in a child of its own, which ends with 0 when all holds.
[[noreturn]] void check_all_clocks(const TimeFile& clock) {
    setenv("FLORIN_CLOCK", clock.name(), 1);
    const auto deadline = Deadline::after(1h);
    const auto before = SystemClock().now();
    boost::asio::io_context loop(1);
    Timer timer(loop, 1h);
    bool has_rung = false;
    timer.async_wait([&](const boost::system::error_code& error) { has_rung = !error; });
    loop.run_for(30ms);
    if (has_rung || deadline.passed()) clock.end(1);
    clock.show(1h);
    if (!deadline.passed()) clock.end(3);
    if (SystemClock().now() - before < 1h) clock.end(4);
    loop.run_for(20s);
    clock.end(has_rung ? 0 : 5);
}

[[noreturn]] void check_skew(const TimeFile& skew, std::chrono::nanoseconds step) {
    setenv("FLORIN_CLOCK_SKEW", skew.name(), 1);
    const auto deadline = Deadline::after(10min);
    const auto before = SystemClock().now();
    skew.show(step);
    const auto moved = SystemClock().now() - before - step;
    if (moved < 0s || moved > 1min) skew.end(1);
    skew.end(deadline.passed() ? 3 : 0);
}

[[noreturn]] void read_clock_of(const char* path, const TimeFile& own) {
    ::unlink(own.name());
    setenv("FLORIN_CLOCK", path, 1);
    SystemClock().now();
    std::_Exit(0);
}

class VirtualTimeDeathTest : public testing::Test {
protected:
    VirtualTimeDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
    TimeFile file_;
};

TEST_F(VirtualTimeDeathTest, deadlines_timers_and_the_wall_clock_move_together) {
    EXPECT_EXIT(check_all_clocks(file_), testing::ExitedWithCode(0), "");
}

TEST_F(VirtualTimeDeathTest, a_step_of_the_wall_clock_moves_no_deadline) {
    for (const auto step : {std::chrono::nanoseconds(24h), std::chrono::nanoseconds(-24h)}) {
        EXPECT_EXIT(check_skew(file_, step), testing::ExitedWithCode(0), "");
    }
}

TEST_F(VirtualTimeDeathTest, a_file_that_cannot_be_read_stops_the_process) {
    EXPECT_EXIT(read_clock_of("/nowhere/clock", file_), testing::ExitedWithCode(2), "FLORIN_CLOCK: cannot read");
    EXPECT_EXIT(read_clock_of("/dev/null", file_), testing::ExitedWithCode(2), "FLORIN_CLOCK: cannot read");
}

}  // namespace
}  // namespace florin

#endif
