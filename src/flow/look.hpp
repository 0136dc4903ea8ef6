// Looking at what the PSP has of one taken operation, without sending anything that could execute.
#pragma once

#include "flow/operator_ruling.hpp"
#include "flow/settle_open.hpp"

namespace florin::flow {

// Every moment at which the PSP can have made this attempt's object: from its intent to the longest life of its last
// send, or to its fence: under a fenced key nothing is made any more (rule 7). The adapter widens it by the clocks'
// error.
struct Window {
    WallTime from, to;
};
Window window_of(const store::Taken& taken, const psp::Rules& rules);
// What a look-up of all of them asks for; they are not none.
psp::LookUp look_up_of(const std::vector<store::Taken>& all, const psp::Rules& rules);

// The object of that name where one is given or known and the operation has one of its own; else the look-up of its
// window.
Task<Sighting> look_at_psp(OpenWork work, store::Taken taken, std::optional<std::string> reference);

}  // namespace florin::flow
