// Which look-ups share one sweep. A sweep is complete or not as a whole, so that what shares it waits for each other:
// only what is found in the same place at nearly the same time does. Pure.
#pragma once

#include <vector>

#include "store/reads.hpp"

namespace florin::flow {

// Of creations those whose intents lie within a few minutes, likewise of refunds; of what acts on a PSP's object those
// of the same one. What is fenced has a short window, and stays by itself. The order within a group is that of the
// intents.
std::vector<std::vector<store::Taken>> look_up_groups(std::vector<store::Taken> taken);

}  // namespace florin::flow
