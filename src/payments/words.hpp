// Enumerators that are stored and shown as words: one table per enumeration gives both directions.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/assert.hpp"

namespace florin::payments {

template <class Enum>
struct Word {
    Enum value;
    std::string_view text;
};

template <class Enum, std::size_t size>
constexpr std::string_view word_of(const std::array<Word<Enum>, size>& words, Enum value) {
    const auto found = std::ranges::find(words, value, &Word<Enum>::value);
    FLORIN_ASSERT(found != words.end());
    return found->text;
}

template <class Enum, std::size_t size>
constexpr std::optional<Enum> value_of(const std::array<Word<Enum>, size>& words, std::string_view text) {
    const auto found = std::ranges::find(words, text, &Word<Enum>::text);
    return found == words.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace florin::payments
