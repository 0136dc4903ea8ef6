// How work on an event ends: handled for ever, again after a pause that grows, or parked for a human. Pure.
#pragma once

#include <optional>
#include <string>

#include "flow/event_decision.hpp"
#include "flow/event_look.hpp"
#include "store/psp_events.hpp"

namespace florin::flow {

using EventEnd = std::variant<store::Handled, store::Again, store::Parked>;

// What was done, in one word each: they are labels of a metric.
inline constexpr const char* kNoChange = "no_change";  // the books agree
inline constexpr const char* kLeftOpen = "left_open";  // the object does not show it; the resolver goes on asking
inline constexpr const char* kIgnored = "ignored";     // about nothing that moves money here, unknown types included

// What is known when an event ends. `tries` counts this one.
struct EventState {
    EventDecision decision;
    std::string amount_contradiction{};
    std::int32_t tries = 1;
};

// Empty where the PSP must be asked.
std::optional<EventEnd> end_without_look(const EventState& state);
// `state` is what the books are reason for after the look.
EventEnd end_after_look(const EventState& state, const EventLook& look);
// Of trouble that is none of the event's, as far as anybody knows.
EventEnd end_of_failure(std::int32_t tries, std::string why);

// 1 s, 2 s, 4 s … up to an hour.
Milliseconds pause_before_try(std::int32_t tries);

}  // namespace florin::flow
