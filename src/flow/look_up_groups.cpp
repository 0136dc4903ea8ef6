#include "flow/look_up_groups.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

using Place = std::pair<int, std::string>;

// A window is an hour and more (the longest life of a request): ten minutes add little to it.
constexpr Milliseconds kTogether{10 * 60'000};

// Creations stand in a list, refunds in another; all else in the object that it acts on.
Place place_of(const store::Taken& taken) {
    if (payments::creates_payment(taken.attempt.kind)) return {0, ""};
    if (creates_object(taken.attempt.kind)) return {1, ""};
    return {2, call_of(taken.payment, taken.attempt).payment_reference.value_or("")};
}

}  // namespace

std::vector<std::vector<store::Taken>> look_up_groups(std::vector<store::Taken> taken) {
    std::vector<std::pair<Place, store::Taken>> placed;
    for (auto& one : taken) placed.emplace_back(place_of(one), std::move(one));
    std::ranges::sort(placed, {}, [](const auto& one) { return std::pair(one.first, one.second.recorded_at); });
    std::vector<std::vector<store::Taken>> groups;
    const Place* last = nullptr;
    for (auto& [place, one] : placed) {
        const bool joins =
            last != nullptr && *last == place && one.recorded_at - groups.back().front().recorded_at <= kTogether;
        if (!joins) groups.emplace_back();
        groups.back().push_back(std::move(one));
        last = &place;
    }
    return groups;
}

}  // namespace florin::flow
