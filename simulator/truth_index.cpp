#include "simulator/truth_index.hpp"

#include <algorithm>

#include "simulator/mix.hpp"

namespace florin::simulator {

std::vector<const Intent*> TruthIndex::find(std::string_view reference) {
    for (const Intent* intent : changed_) add(*intent);
    changed_.clear();
    const auto found = by_reference_.find(mix(reference));
    if (found == by_reference_.end()) return {};
    return {found->second.begin(), found->second.end()};
}

void TruthIndex::add(const Intent& intent) {
    for_each_reference(intent, [&](std::string_view reference) { add(reference, intent); });
}

void TruthIndex::add(std::string_view reference, const Intent& intent) {
    if (reference.empty()) return;
    auto& named = by_reference_[mix(reference)];
    if (std::ranges::find(named, &intent) == named.end()) named.push_back(&intent);
}

}  // namespace florin::simulator
