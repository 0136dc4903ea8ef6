// Closed attempts whose success may still show, because nothing but time or a human's word proved that they were not
// executed (rule 25): looked at again until the PSP's longest settlement time, in groups that share a sweep of its
// list. One for each PSP account.
#pragma once

#include "flow/duty.hpp"

namespace florin::flow {

inline constexpr const char* kLateWatchActor = "system:late_watch";

extern const Duty kLateWatch;

// When an attempt that was closed so is looked at, counted from its end: soon, then in growing steps, at last when the
// longest settlement time is over. Empty where the PSP's table has none: then nothing is watched.
std::vector<Milliseconds> late_looks(Milliseconds longest_settlement);
std::optional<store::Watch> late_watch_of(const psp::Rules& rules);

}  // namespace florin::flow
