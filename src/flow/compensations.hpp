// Answers to late successes until they have ended well: opens the next attempt of what was not executed, forgets what
// has ended, and counts what stands: there a payer may be charged twice at this moment. One for each PSP account.
#pragma once

#include "flow/duty.hpp"

namespace florin::flow {

extern const Duty kCompensations;

}  // namespace florin::flow
