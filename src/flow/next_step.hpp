// What the resolver does next with an open operation it has taken. Pure: a function of what the database said at the
// taking (never of a process's clock) and of the PSP's table.
#pragma once

#include <cstdint>
#include <string_view>

#include "psp/psp.hpp"
#include "store/reads.hpp"

namespace florin::flow {

enum class StepKind : std::uint8_t {
    read_object,  // the PSP named its object: read it
    abandon,      // the payer never acted: cancel the object and settle what it then is
    repeat,       // the same key with identical bytes
    look_up,      // list what the PSP has of the attempt
};
std::string_view to_string(StepKind kind);

struct NextStep {
    StepKind kind;
    // A complete look-up that finds nothing proves not_executed (rule 7). Otherwise only what is found counts.
    bool absence_proves = false;
    bool operator==(const NextStep&) const = default;
};

// Whether nothing can be made under its key any more, so that a whole look-up from now on that finds nothing is a
// proof.
bool is_past_fence(const store::Taken& taken, const psp::Rules& rules);

NextStep next_step(const store::Taken& taken, const psp::Rules& rules, Milliseconds abandon_after);

// What the step is for, in a sentence for people.
std::string_view reason_of(const NextStep& step, const store::Taken& taken);

// When to look at it again after `tries` takings: 1 s, 2 s, 4 s … up to each minute, after an hour of that in growing
// steps up to each hour. It never stops.
Milliseconds pause_before_next(std::int32_t tries);
// At the slowest step it is parked: a human is told, and the looks go on (rule 26).
bool is_parked_after(std::int32_t tries);

}  // namespace florin::flow
