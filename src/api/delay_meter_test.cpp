#include "api/delay_meter.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

namespace florin::api {
namespace {

using namespace std::chrono_literals;

class DelayMeterTest : public ::testing::Test {
protected:
    // Runs the loop until the condition holds; false when it has not within 20 s.
    template <class Condition>
    bool run_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!condition() && std::chrono::steady_clock::now() < end) loop_.run_one_for(20ms);
        return condition();
    }

    boost::asio::io_context loop_{1};
    Admission admission_;
    std::chrono::nanoseconds queue_{0};
    DelayMeter meter_{loop_.get_executor(), [this] { return queue_; }, admission_};
};

TEST_F(DelayMeterTest, writes_that_wait_give_delay_and_their_end_gives_it_back) {
    queue_ = 2s;
    EXPECT_TRUE(run_until([this] { return admission_.share(RequestClass::payment) < 0.2; }));
    EXPECT_GE(admission_.standing_delay(), 2s);
    queue_ = 0s;
    EXPECT_TRUE(run_until([this] { return admission_.share(RequestClass::read) == 1; }));
}

TEST_F(DelayMeterTest, a_loop_that_takes_long_to_come_round_gives_delay) {
    const std::function<void()> busy = [&] {
        std::this_thread::sleep_for(400ms);
        boost::asio::post(loop_, busy);
    };
    boost::asio::post(loop_, busy);
    EXPECT_TRUE(run_until([this] { return admission_.share(RequestClass::read) < 0.9; }));
    EXPECT_GE(admission_.standing_delay(), 300ms);
}

TEST_F(DelayMeterTest, what_is_destroyed_measures_no_more) {
    auto other = std::make_unique<DelayMeter>(
        loop_.get_executor(), []() -> std::chrono::nanoseconds { throw std::logic_error("gone"); }, admission_);
    other.reset();
    EXPECT_TRUE(run_until([turns = 0]() mutable { return ++turns > 20; }));
}

}  // namespace
}  // namespace florin::api
