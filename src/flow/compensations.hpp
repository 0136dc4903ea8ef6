// Answers to late successes until they have ended well: opens the next attempt of what was not executed, forgets what
// has ended, and counts what stands: there a payer may be charged twice at this moment. One for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

class Compensations {
public:
    Compensations(const Services& services, const PspAccount& account);
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
};

}  // namespace florin::flow
