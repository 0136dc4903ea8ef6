#include "base/nearest_name.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace florin {
namespace {

// Levenshtein's distance, one row of the matrix at a time.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
    constexpr std::size_t kLongest = 64;  // the work grows with the product of the lengths
    if (name.size() > kLongest) return {};
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        if (const std::size_t found = distance(name, candidate); found < least) {
            least = found;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string nearest_name_advice(std::string_view name, std::span<const std::string_view> known) {
    if (const auto nearest = nearest_name(name, known); !nearest.empty()) {
        return std::string("did you mean ").append(nearest).append("?");
    }
    std::string advice = "the fields are";
    const char* before = " ";
    for (const std::string_view candidate : known) {
        advice.append(before).append(candidate);
        before = ", ";
    }
    return advice + '.';
}

}  // namespace florin
