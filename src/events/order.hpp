// In which order links become events. Pure.
#pragma once

#include <vector>

#include "store/events.hpp"

namespace florin::events {

struct Ordered {
    std::vector<store::LinkedEvent> events;
    std::vector<store::Relayed::Cursor> cursors;  // of each writer of whom a link was taken, the last one
};

// Each payment's events by their sequence, and otherwise by the time of their commit. A link waits, and those of its
// writer behind it, while an event stands before one of its own that is neither relayed nor among these: what was read
// is cut off somewhere, at another time for each writer.
Ordered in_order(std::vector<store::Link> links);

// Numbers them: above `from`, each above the one before it, and at the time of its commit where that allows, but not in
// the future, which may have no partition. The order of a merchant's events is that of their ids for ever, whoever
// gives them out.
std::vector<store::RelayedEvent> numbered(std::vector<store::LinkedEvent> events, IdOrder& from, WallTime now);

}  // namespace florin::events
