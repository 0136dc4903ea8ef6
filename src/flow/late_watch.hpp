// Closed attempts whose success may still show, because nothing but time or a human's word proved that they were not
// executed (rule 25): looked at again until the PSP's longest settlement time, in groups that share a sweep of its
// list. One for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

inline constexpr const char* kLateWatchActor = "system:late_watch";

class LateWatch {
public:
    LateWatch(const Services& services, const PspAccount& account);
    // Starts the sweeps that are due, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
};

// When an attempt that was closed so is looked at, counted from its end: soon, then in growing steps, at last when the
// longest settlement time is over. Empty where the PSP's table has none: then nothing is watched.
std::vector<Milliseconds> late_looks(Milliseconds longest_settlement);
std::optional<store::Watch> late_watch_of(const psp::Rules& rules);

}  // namespace florin::flow
