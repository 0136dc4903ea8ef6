// A duty of the worker towards one PSP account: pass after pass it takes what is due, as much as there is room for, and
// starts a task on each. What is taken is moved in its queue by a lease, so that two workers do not meet, and what a
// worker took before it died is another's.
#pragma once

#include "flow/crew.hpp"
#include "flow/services.hpp"

namespace florin::flow {

struct Duty {
    const char* name;   // in the log line of a task that failed
    const char* queue;  // the table that the work waits in
    std::size_t at_once;
    Milliseconds pause;             // between two passes
    Milliseconds pause_while_more;  // after one that found something
    // Takes up to `crew.room()` and starts the tasks; says how much it took.
    Task<std::size_t> (*take)(const Services& services, const PspAccount& account, Crew& crew);
};

class DutyLoop {
public:
    DutyLoop(const Services& services, const PspAccount& account, const Duty& duty);
    // Starts what is due, and says when to come again.
    Task<Milliseconds> pass();
    Task<void> finish() { return crew_.finish(); }

private:
    const Services& services_;
    const PspAccount& account_;
    const Duty& duty_;
    Crew crew_;
};

}  // namespace florin::flow
