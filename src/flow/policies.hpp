// Does what a merchant's policy says with authorizations that are about to expire: captures or voids what is still
// held, as an operation of Florin's own. One for each PSP account.
#pragma once

#include "flow/duty.hpp"

namespace florin::flow {

inline constexpr const char* kPolicyActor = "system:policy";

extern const Duty kPolicies;

}  // namespace florin::flow
