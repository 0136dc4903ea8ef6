// Expires authorizations past capture_before: what they still hold is released at the PSP, which is also the check that
// nothing was captured there, and then in the books. What a worker has taken is another's when its lease runs out. One
// for each PSP account.
#pragma once

#include "flow/duty.hpp"

namespace florin::flow {

inline constexpr const char* kExpiryActor = "system:expiry";

extern const Duty kExpiry;

}  // namespace florin::flow
