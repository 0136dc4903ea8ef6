// Spans of time as people write them: "90s", "15m", "24h", "7d".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace florin::config {

// One whole number from 1 and one unit; empty for anything else and for more than ten years.
std::optional<Milliseconds> parse_duration(std::string_view text);

// "1h,1d,30d": each longer than the one before; empty text is an empty list.
std::optional<std::vector<Milliseconds>> parse_schedule(std::string_view text);

}  // namespace florin::config
