// Time that a test moves; a release build has none of it. FLORIN_CLOCK names a file of eight bytes, a big-endian int64
// of nanoseconds that every process of a test adds to every clock it reads: gateways, simulator, and the database's
// florin_now(). So leases, deadlines, retries, key ages and expiries move together, and days pass in milliseconds.
// FLORIN_CLOCK_SKEW names another such file, added to this process's wall clock alone: a host whose clock steps.
#pragma once

#include <chrono>

namespace florin {

#ifdef FLORIN_FAIL_POINTS
bool is_time_virtual();
std::chrono::nanoseconds virtual_time();  // what is added to every clock
std::chrono::nanoseconds wall_skew();     // what is added to the wall clock besides
#else
constexpr bool is_time_virtual() {
    return false;
}
constexpr std::chrono::nanoseconds virtual_time() {
    return {};
}
constexpr std::chrono::nanoseconds wall_skew() {
    return {};
}
#endif

}  // namespace florin
