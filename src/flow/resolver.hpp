// Settles what is unknown, abandoned by its process, or waiting for the payer: takes due open operations under a lease
// and proves what happened by same-key repeat, by reading the object, or by a fenced look-up. "Not found" alone proves
// nothing. One for each PSP account.
#pragma once

#include "flow/crew.hpp"
#include "flow/due_operations.hpp"
#include "flow/pace.hpp"
#include "flow/services.hpp"
#include "flow/sweeps.hpp"

namespace florin::flow {

class Resolver {
public:
    Resolver(const Services& services, const PspAccount& account);
    // Takes what is due while there is room, starts the work on it, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    Task<std::size_t> take();
    void send(std::vector<store::Taken> all, Deadline call);
    void watch_pace(bool was_down);

    const Services& services_;
    const PspAccount& account_;
    DueOperations due_;
    Crew crew_;
    std::shared_ptr<Sweeps> sweeps_;          // shared with the tasks
    std::shared_ptr<Pace> pace_;              // shared with the account's listener
    std::size_t operations_per_request_ = 1;  // of the last taking: a sweep looks at many
};

}  // namespace florin::flow
