#include "flow/look_up_groups.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

struct Place {
    int list;
    bool is_fenced;
    std::string object;
    auto operator<=>(const Place&) const = default;
};

// A window is an hour and more (the longest life of a request), to which ten minutes add little; or it ends at the
// fence, which is soon reached.
constexpr Milliseconds kTogether{10 * 60'000};
constexpr Milliseconds kFencedTogether{60'000};

// Creations stand in a list, refunds in another; all else in the object that it acts on.
Place place_of(const store::Taken& taken) {
    const bool is_fenced = taken.fenced_at.has_value();
    if (payments::creates_payment(taken.attempt.kind)) return {0, is_fenced, ""};
    if (creates_object(taken.attempt.kind)) return {1, is_fenced, ""};
    return {2, false, call_of(taken.payment, taken.attempt).payment_reference.value_or("")};
}

}  // namespace

std::vector<std::vector<store::Taken>> look_up_groups(std::vector<store::Taken> taken) {
    std::vector<std::pair<Place, store::Taken>> placed;
    for (auto& one : taken) placed.emplace_back(place_of(one), std::move(one));
    std::ranges::sort(placed, {}, [](const auto& one) { return std::pair(one.first, one.second.recorded_at); });
    std::vector<std::vector<store::Taken>> groups;
    const Place* last = nullptr;
    for (auto& [place, one] : placed) {
        const auto together = place.is_fenced ? kFencedTogether : kTogether;
        const bool joins =
            last != nullptr && *last == place && one.recorded_at - groups.back().front().recorded_at <= together;
        if (!joins) groups.emplace_back();
        groups.back().push_back(std::move(one));
        last = &place;
    }
    return groups;
}

}  // namespace florin::flow
