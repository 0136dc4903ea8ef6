// The installation's pepper: the key under which API keys are hashed. Lose it and every API key is dead; so it is
// either given (FLORIN_PEPPER) or made once and kept beside the embedded database, whose backup needs it too.
#pragma once

#include "config/config.hpp"

namespace florin::config {

// FLORIN_PEPPER, else the content of <data>/pepper, which is made (0600, synced) when it does not exist.
Checked<Secret> load_pepper(const Config& config);

}  // namespace florin::config
