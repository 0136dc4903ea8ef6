// The timer of all modules. In test builds it runs on virtual time (base/virtual_time.hpp): it looks every few
// milliseconds whether the time has been moved.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "base/virtual_time.hpp"

namespace florin {

#ifdef FLORIN_FAIL_POINTS
struct TimerClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<TimerClock>;
    static constexpr bool is_steady = true;
    static time_point now() { return time_point(std::chrono::steady_clock::now().time_since_epoch() + virtual_time()); }
};

struct TimerWait {
    static TimerClock::duration to_wait_duration(TimerClock::duration wanted) {
        constexpr std::chrono::milliseconds kLookAgain{10};
        return is_time_virtual() && wanted > kLookAgain ? kLookAgain : wanted;
    }
    static TimerClock::duration to_wait_duration(TimerClock::time_point at) {
        return to_wait_duration(at - TimerClock::now());
    }
};

using Timer = boost::asio::basic_waitable_timer<TimerClock, TimerWait>;
#else
using Timer = boost::asio::steady_timer;
#endif

}  // namespace florin
