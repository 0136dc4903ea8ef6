#include "webhooks/event_types.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_name.hpp"
#include "payments/event.hpp"
#include "store/notice.hpp"

namespace florin::webhooks {
namespace {

constexpr std::size_t kShown = 64;     // bytes of a word that somebody else chose
constexpr std::size_t kMostNamed = 3;  // words of one refusal

// From the first to the last enumerator: their order has no gap.
template <class Type>
void add_types(std::vector<std::string_view>& types, Type last) {
    for (int value = 0; value <= static_cast<int>(last); ++value) types.push_back(to_string(static_cast<Type>(value)));
}

std::string about(std::string_view word) {
    if (word.size() > kShown) return "a very long word";
    const auto nearest = nearest_name(word, known_event_types());
    return nearest.empty() ? fmt::format("\"{}\"", word) : fmt::format("\"{}\" (did you mean {}?)", word, nearest);
}

std::unexpected<Refusal> no_types(std::string detail) {
    return refuse(Error::invalid_field, std::move(detail), "/types");
}

std::unexpected<Refusal> unknown_types(const std::vector<std::string>& unknown) {
    std::vector<std::string> named;
    for (const auto& word : unknown) {
        if (named.size() < kMostNamed) named.push_back(about(word));
    }
    if (unknown.size() > kMostNamed) named.push_back("others");
    return no_types(fmt::format("types has what is no type of event: {}. The types are {}.", fmt::join(named, ", "),
                                fmt::join(known_event_types(), ", ")));
}

}  // namespace

std::span<const std::string_view> known_event_types() {
    static const auto types = [] {
        std::vector<std::string_view> all;
        add_types(all, payments::EventType::payment_compensation_failed);
        add_types(all, store::NoticeType::endpoint_test);
        return all;
    }();
    return types;
}

Checked<std::vector<std::string>> parse_event_types(std::vector<std::string> words) {
    std::vector<std::string> unknown;
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (std::ranges::find(known_event_types(), *word) == known_event_types().end()) {
            unknown.push_back(*word);
        } else if (std::find(words.begin(), word, *word) != word) {
            return no_types(fmt::format("types has {} twice: name each type once.", *word));
        }
    }
    if (!unknown.empty()) return unknown_types(unknown);
    return words;
}

}  // namespace florin::webhooks
