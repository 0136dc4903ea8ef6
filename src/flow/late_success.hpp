// A success that the PSP shows after the attempt was closed (rule 24): adopted as attempt n+1 while n is the last and
// was not_executed and the amounts still allow it, otherwise undone, or booked to suspense where it cannot be: see
// payments/saga.hpp. Once for ever, however many notices of it come and whoever brings them.
#pragma once

#include "flow/settle.hpp"

namespace florin::flow {

// For a verdict that lost: what stands under the operation, after the success was adopted where it had to be. Any other
// verdict leaves what is stored as it is.
Task<Standing> settle_late(const Services& services, Verdict verdict, store::StoredOperation stored);

}  // namespace florin::flow
