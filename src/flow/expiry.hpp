// Expires authorizations past capture_before: what they still hold is released at the PSP, which is also the check that
// nothing was captured there, and then in the books. What a worker has taken is another's when its lease runs out. One
// for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

inline constexpr const char* kExpiryActor = "system:expiry";

class Expiry {
public:
    Expiry(const Services& services, const PspAccount& account);
    // Starts the work on what has expired, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
};

}  // namespace florin::flow
