// A success that the PSP shows after the attempt was closed (rule 24): adopted as attempt n+1 while n is the last and
// was not_executed, otherwise a charge too many that a human is told of.
#pragma once

#include "flow/settle.hpp"

namespace florin::flow {

// True when the verdict is a success that is not the one the operation's result books. For a verdict that lost.
bool is_late_success(const store::StoredOperation& stored, const Verdict& verdict);

Task<Standing> settle_late(const Services& services, Verdict verdict, store::StoredOperation stored, Deadline deadline);

}  // namespace florin::flow
