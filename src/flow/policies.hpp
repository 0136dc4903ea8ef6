// Does what a merchant's policy says with authorizations that are about to expire: captures or voids what is still
// held, as an operation of Florin's own. One for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

inline constexpr const char* kPolicyActor = "system:policy";

class Policies {
public:
    static constexpr const char* kQueue = "held_authorizations";

    Policies(const Services& services, const PspAccount& account);
    // Starts what is due, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
};

}  // namespace florin::flow
