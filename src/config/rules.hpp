// Rules that look at several keys at once: each names the keys and the mend.
#pragma once

#include "config/reading.hpp"

namespace florin::config {

void check_together(Reading& reading);

}  // namespace florin::config
