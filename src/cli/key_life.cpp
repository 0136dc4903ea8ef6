#include "cli/key_life.hpp"

#include <fmt/core.h>

#include "cli/command.hpp"
#include "config/duration.hpp"

namespace florin::cli {

WallTime parse_end(std::string_view text, WallTime now) {
    if (const auto span = config::parse_duration(text)) return now + *span;
    const auto time = parse_time(text);
    if (!time) throw UsageError("--expires must be a span such as 90d or 12h, or a time such as 2027-01-31T00:00:00Z");
    if (*time <= now) throw UsageError("--expires lies in the past: the key would never work");
    return *time;
}

std::chrono::seconds parse_overlap(std::string_view text, std::chrono::days longest) {
    if (text == "0") return std::chrono::seconds(0);
    const auto span = config::parse_duration(text);
    if (!span || *span > longest)
        throw UsageError(fmt::format("--overlap must be a span up to {}d, such as 24h, or 0", longest.count()));
    return std::chrono::duration_cast<std::chrono::seconds>(*span);
}

}  // namespace florin::cli
