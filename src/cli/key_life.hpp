// How long a key or secret lives, as people write it on the command line. Both throw UsageError.
#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.hpp"

namespace florin::cli {

// "90d" from now, or "2027-01-31T00:00:00Z", which must be ahead.
WallTime parse_end(std::string_view text, WallTime now);
// "24h", or "0": at most `longest`.
std::chrono::seconds parse_overlap(std::string_view text, std::chrono::days longest = std::chrono::days(30));

}  // namespace florin::cli
