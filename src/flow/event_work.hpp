// The work on events in hand: what they say and what stands of it, the looks at the PSP, and how each ends.
#pragma once

#include <variant>
#include <vector>

#include "flow/event_end.hpp"
#include "flow/services.hpp"

namespace florin::flow {

// An event in hand. Nobody else has it until `until`.
struct EventInHand {
    store::TakenEvent taken;
    psp::Subject subject;
    Deadline until;
};

// What the event is about, or how it ends because there is nothing to look at.
std::variant<psp::Subject, EventEnd> read_event(const PspAccount& account, const store::TakenEvent& taken);

// One statement for all of them.
Task<std::vector<std::optional<store::KnownPayment>>> find_subjects(const Services& services, const PspAccount& account,
                                                                    const std::vector<EventInHand>& events);
EventState state_of(const PspAccount& account, const EventInHand& event,
                    const std::optional<store::KnownPayment>& known);

// Looks into events of one payment, one after the other, and ends each.
Task<void> work_off(const Services& services, const PspAccount& account, std::vector<EventInHand> events);

// The end as the store takes it; counted and logged. What is parked raises an alert.
store::EventEnd told(const Services& services, const PspAccount& account, const store::TakenEvent& taken, EventEnd end);
void tell_parked(const Services& services, const PspAccount& account, const std::string& event, std::string_view why);

}  // namespace florin::flow
