// The table of every configuration key: its type, limits, default and meaning. load.cpp applies it, a test compares
// docs/configuration.md with it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace florin::config {

// The words of a key that stand for a wildcard, in order: <mode> "test" or "live", <currency> "EUR".
using Words = std::vector<std::string>;

struct Integer {
    std::int64_t least, most;
    void (*set)(Config&, const Words&, std::int64_t);
};
struct Boolean {
    // Returns what is wrong with the value, or nothing.
    std::string (*set)(Config&, const Words&, bool);
};
struct Text {
    // Returns what is wrong with the value, or nothing.
    std::string (*set)(Config&, const Words&, const std::string&);
};

struct Key {
    std::string_view name;           // "http.port", "stripe.<mode>.fees.<currency>.fixed"
    std::string_view default_value;  // as the page shows it; empty: none
    std::variant<Integer, Boolean, Text> type;
};
std::span<const Key> keys();

// The key that a dotted name of the file stands for, with its wildcard words; nullptr when there is none.
const Key* find_key(std::string_view name, Words& words);
// The known key nearest in spelling, as it would be written in place of `name`; empty when none is near.
std::string nearest_key(std::string_view name);

}  // namespace florin::config
