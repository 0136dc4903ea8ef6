// Which look-ups share one sweep of the PSP's list. Pure.
#pragma once

#include <vector>

#include "store/reads.hpp"

namespace florin::flow {

// Groups those whose intents lie close together, so that a sweep's window grows little beyond each one's own. The order
// within a group is that of the intents.
std::vector<std::vector<store::Taken>> look_up_groups(std::vector<store::Taken> taken);

}  // namespace florin::flow
