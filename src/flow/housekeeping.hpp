// What a worker does beside operations: metrics of what is open, an alert of what no PSP account of this process can
// settle, a place aside for what it does not know, and the months ahead in the database.
#pragma once

#include "flow/services.hpp"

namespace florin::flow {

// Counting looks at all that is open: beside a backlog it would steal from the payments, so it takes a twentieth of the
// time at the most.
Milliseconds pause_between_counts(Milliseconds took);

class Housekeeping {
public:
    explicit Housekeeping(const Services& services);
    // Does what is due, and says when to come again; trouble is logged and tried again when it is due next.
    Task<Milliseconds> pass();
    Task<void> finish() { co_return; }

private:
    Task<void> count_open();
    Task<void> count_psp_events();
    Task<void> measure_relay();
    Task<void> alert_of_lost_accounts();
    Task<void> park_unknown_kinds();
    Task<void> keep_months_ahead();

    const Services& services_;
    Deadline count_at_;
    Deadline alert_at_;
    Deadline months_at_;
};

}  // namespace florin::flow
