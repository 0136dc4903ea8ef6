// An operation that Florin begins by itself on an existing payment: intent, PSP call, outcome, without a key and
// without anybody who waits.
#pragma once

#include <string>

#include "flow/services.hpp"
#include "payments/modification.hpp"

namespace florin::flow {

// Nothing happens where the amounts do not allow it, or where another operation was quicker.
Task<void> begin_own(const Services& services, const PspAccount& account, payments::Payment payment,
                     payments::ModificationRequest request, std::string actor);
// True when the PSP has once refused an operation of that kind and actor: asking again changes nothing, and a human has
// been told.
Task<bool> was_refused(const Services& services, PaymentId payment, payments::OperationKind kind, std::string actor);

}  // namespace florin::flow
