// Settling an operation that somebody else left open, because a request needs its end.
#pragma once

#include <optional>

#include "flow/settle.hpp"

namespace florin::flow {

// `name` is the PSP account of the operation's last attempt. Empty when somebody else has the operation or has ended
// it, or its account is no longer configured.
Task<std::optional<Standing>> adopt(const Services& services, OperationId operation, ledger::PspAccount name);

// Adopts the payment's open operations whose next look has come. Requests do not press the PSP: what was just looked at
// is looked at again when it is due.
Task<void> settle_what_is_due(const Services& services, PaymentId payment);

}  // namespace florin::flow
