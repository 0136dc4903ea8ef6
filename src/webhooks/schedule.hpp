// When a delivery that failed is tried again, and how long an endpoint that fails is left alone. Pure; the table is in
// docs/webhooks.md.
//
// A delivery: 1 s, 2 s, 4 s, … after the try before, each ± 20 %, and for the last time 24 hours after its first one.
// An endpoint: one that mostly answers goes on. Failures in a row, of whatever deliveries, end the visit; the next ones
// are of one try each, 1 s, 2 s, 4 s, … apart, at the most one hour, until one succeeds, and after days of them it is
// disabled. So a delivery waits for the later of the two.
#pragma once

#include <optional>

#include "base/clock.hpp"

namespace florin::webhooks {

inline constexpr Milliseconds kFirstDelay{1'000};
inline constexpr Milliseconds kLastTry{24 * 3'600'000};
inline constexpr Milliseconds kLongestBackOff{3'600'000};
// What a 429 or 503 may ask for: more is taken for this.
inline constexpr Milliseconds kLongestRetryAfter{3'600'000};
inline constexpr double kJitter = 0.2;
// Of a receiver that loses 30 % of its answers one in 600 tries is the fifth failure in a row, one in 50 the third.
inline constexpr std::size_t kFailuresInARow = 5;

// A try that failed.
struct FailedTry {
    int tries = 1;  // this one included
    Milliseconds since_first_try{0};
    std::optional<Milliseconds> retry_after{};  // as the endpoint asked
    double dice = 0.5;                          // 0…1: the jitter, from its shortest to its longest
};
// From now; empty: it was the last.
std::optional<Milliseconds> next_try(const FailedTry& failed);

// After so many visits in a row that failed, 1 or more.
Milliseconds back_off(int failures, std::optional<Milliseconds> retry_after, double dice);

}  // namespace florin::webhooks
