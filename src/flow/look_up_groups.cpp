#include "flow/look_up_groups.hpp"

#include <algorithm>

namespace florin::flow {
namespace {

// A window is an hour and more (the longest life of a request): ten minutes between two intents add little to it.
constexpr Milliseconds kTogether{10 * 60'000};

}  // namespace

std::vector<std::vector<store::Taken>> look_up_groups(std::vector<store::Taken> taken) {
    std::ranges::sort(taken, {}, &store::Taken::recorded_at);
    std::vector<std::vector<store::Taken>> groups;
    for (auto& one : taken) {
        const bool joins = !groups.empty() && one.recorded_at - groups.back().back().recorded_at <= kTogether;
        if (!joins) groups.emplace_back();
        groups.back().push_back(std::move(one));
    }
    return groups;
}

}  // namespace florin::flow
