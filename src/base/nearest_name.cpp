#include "base/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace florin {
namespace {

// How many letters must be put in, left out, replaced or swapped with their neighbour (optimal string alignment); three
// rows of the matrix at a time.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last.back();
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
