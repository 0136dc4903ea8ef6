// Looks again at successes that the PSP may take back (a refund that fails after days), when its table says so. What
// was taken back is recorded once as an operation of its own, with the reversal of the journals: nothing is updated.
// One for each PSP account.
#pragma once

#include "flow/duty.hpp"

namespace florin::flow {

inline constexpr const char* kLateFailureActor = "system:late_failures";

extern const Duty kLateFailures;

// The next look at a success of that age, from now; empty after the last.
std::optional<Milliseconds> next_look(const std::vector<Milliseconds>& looks, Milliseconds age);

}  // namespace florin::flow
