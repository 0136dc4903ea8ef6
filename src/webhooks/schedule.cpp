#include "webhooks/schedule.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace florin::webhooks {
namespace {

// Beyond this many doublings every delay is cut off anyway.
constexpr int kMostDoublings = 17;

Milliseconds doubled(int times) {
    return kFirstDelay * (std::int64_t{1} << std::clamp(times, 0, kMostDoublings));
}

Milliseconds shaken(Milliseconds delay, double dice) {
    FLORIN_ASSERT(dice >= 0 && dice <= 1);
    return Milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * (1 + kJitter * (2 * dice - 1))));
}

Milliseconds bounded(std::optional<Milliseconds> retry_after) {
    return std::clamp(retry_after.value_or(Milliseconds{0}), Milliseconds{0}, kLongestRetryAfter);
}

}  // namespace

std::optional<Milliseconds> next_try(const FailedTry& failed) {
    FLORIN_ASSERT(failed.tries >= 1);
    const auto left = kLastTry - failed.since_first_try;
    if (left <= Milliseconds{0}) return std::nullopt;
    const auto delay = std::max(shaken(doubled(failed.tries - 1), failed.dice), bounded(failed.retry_after));
    return std::min(delay, left);
}

Milliseconds back_off(int failures, std::optional<Milliseconds> retry_after, double dice) {
    FLORIN_ASSERT(failures >= 1);
    const auto delay = shaken(std::min(doubled(failures - 1), kLongestBackOff), dice);
    return std::max(delay, bounded(retry_after));
}

}  // namespace florin::webhooks
