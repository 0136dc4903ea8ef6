// Works off what PSPs tell by themselves. Most events tell what the books have: a whole batch is compared with them in
// one statement, and these end there. For the rest the PSP's object is read again; an event never moves money by its
// own word. One for each PSP account.
#pragma once

#include <deque>
#include <vector>

#include "flow/crew.hpp"
#include "flow/event_work.hpp"
#include "flow/services.hpp"

namespace florin::flow {

class PspEvents {
public:
    PspEvents(const Services& services, const PspAccount& account);
    // Takes what is due while there is room, ends what needs no PSP call and starts the work on the rest. Says when to
    // come again.
    Task<Milliseconds> pass();
    Task<void> finish();

private:
    // Events of one payment, in the order in which they were taken: one after the other, so that the first look spares
    // the others theirs.
    using Group = std::vector<EventInHand>;

    Task<std::size_t> take();
    Task<void> sort(std::vector<EventInHand> events);
    void start_groups();
    std::size_t waiting() const;

    const Services& services_;
    const PspAccount& account_;
    Crew crew_;
    std::deque<Group> groups_;  // to be looked into as soon as there is room
};

}  // namespace florin::flow
