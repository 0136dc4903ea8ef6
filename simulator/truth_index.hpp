// Finds intents by what the metadata of their calls says: payment ids, operation ids, any other value. Noting a change
// costs one pointer; the index is brought up to date when it is asked.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulator/stripe_objects.hpp"

namespace florin::simulator {

class TruthIndex {
public:
    void note(const Intent& intent) { changed_.push_back(&intent); }
    // Every intent that has the reference, and maybe one whose reference has the same hash.
    std::vector<const Intent*> find(std::string_view reference);

private:
    void add(const Intent& intent);
    void add(std::string_view reference, const Intent& intent);

    boost::unordered_flat_map<std::uint64_t, boost::container::small_vector<const Intent*, 1>> by_reference_;
    std::vector<const Intent*> changed_;
};

// All references of an intent and of what happened to it.
template <class Take>
void for_each_reference(const Intent& intent, Take take) {
    const auto take_values = [&](const Pairs& metadata) {
        for (const auto& [key, value] : metadata) {
            take(std::string_view(value));
            if (const auto operation = without_attempt(value); operation.size() != value.size()) take(operation);
        }
    };
    const auto take_references = [&](const References& references) {
        take(std::string_view(references.payment));
        take(std::string_view(references.operation));
    };
    take_values(intent.metadata);
    take_references(intent.references);
    for (const Movement& movement : intent.movements) take_references(movement.references);
    for (const Refund& refund : intent.refunds) {
        take_references(refund.references);
        take_values(refund.metadata);
    }
}

}  // namespace florin::simulator
