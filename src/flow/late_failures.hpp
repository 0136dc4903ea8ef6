// Looks again at successes that the PSP may take back (a refund that fails after days), when its table says so. What
// was taken back is recorded once as an operation of its own, with the reversal of the journals: nothing is updated.
// One for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

inline constexpr const char* kLateFailureActor = "system:late_failures";

class LateFailures {
public:
    LateFailures(const Services& services, const PspAccount& account);
    // Starts the looks that are due, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
};

// The next look at a success of that age, from now; empty after the last.
std::optional<Milliseconds> next_look(const std::vector<Milliseconds>& looks, Milliseconds age);

}  // namespace florin::flow
