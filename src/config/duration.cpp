#include "config/duration.hpp"

#include <charconv>

namespace florin::config {
namespace {

constexpr Milliseconds kLongest = std::chrono::days(3653);

std::optional<Milliseconds> unit_of(char letter) {
    switch (letter) {
        case 's':
            return std::chrono::seconds(1);
        case 'm':
            return std::chrono::minutes(1);
        case 'h':
            return std::chrono::hours(1);
        case 'd':
            return std::chrono::days(1);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto unit = unit_of(text.back());
    const auto digits = text.substr(0, text.size() - 1);
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (!unit || error != std::errc() || end != digits.data() + digits.size() || count == 0) return std::nullopt;
    if (count > kLongest / *unit) return std::nullopt;
    return count * *unit;
}

std::optional<std::vector<Milliseconds>> parse_schedule(std::string_view text) {
    std::vector<Milliseconds> times;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto time = parse_duration(text.substr(0, comma));
        if (!time || (!times.empty() && *time <= times.back())) return std::nullopt;
        times.push_back(*time);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
        if (text.empty()) return std::nullopt;
    }
    return times;
}

}  // namespace florin::config
