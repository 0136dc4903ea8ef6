// How fast the resolver may ask one PSP account. A backlog is drained at a steady rate, so that the payments of the
// moment keep the PSP's own limit for themselves (P-17); who is asked for less sends less (P-14); a PSP that does not
// answer is tried by one request at a time, with growing pauses, until it does, and then asked slowly at first. All
// traffic of the account is heard, not only the resolver's. Pure: the time is the caller's.
#pragma once

#include <chrono>
#include <cstddef>

#include "psp/heard.hpp"

namespace florin::flow {

class Pace {
public:
    using Time = std::chrono::nanoseconds;  // on any clock that never goes back

    explicit Pace(double most_per_second) : most_(most_per_second), rate_(most_per_second), tokens_(1) {}

    // How many requests may leave now.
    std::size_t room(Time now);
    // They have left; more than there was room for is made good by waiting.
    void spend(std::size_t requests, Time now);
    // What was spent took so many requests more: made good by waiting. Then there is room for a second's worth at once:
    // those who waited share what took so many.
    void owe(std::size_t requests);
    void hear(psp::Heard heard, Time now);

    double per_second() const { return is_down_ ? 0 : rate_; }
    bool is_down() const { return is_down_; }

private:
    void hear_answer();
    void hear_limit(psp::Heard heard, Time now);
    void hear_silence(psp::Heard heard, Time now);

    double most_, rate_, tokens_;
    Time filled_at_{0}, not_before_{0}, last_cut_{0}, pause_{0};
    int silent_in_row_ = 0;
    bool is_down_ = false;
    bool is_probing_ = false;
    bool has_owed_ = false;
};

}  // namespace florin::flow
