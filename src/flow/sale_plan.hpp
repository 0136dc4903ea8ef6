// What a create becomes before anything is sent: the payment, its attempt, the PSP call and the times they may take.
// Pure.
#pragma once

#include "flow/create_payment.hpp"

namespace florin::flow {

store::Intent sale_intent(const CreateCommand& command, const PspAccount& account, const FlowOptions& options,
                          WallTime now);
// Attempt n+1 of what the key leads to, after attempt n was not_executed (rules 3 and 4).
store::NextAttempt next_attempt(const CreateCommand& command, const PspAccount& account, const FlowOptions& options,
                                const store::StoredOperation& stored, WallTime now);
// The same attempt always gives the same call.
psp::SaleCall sale_call(const payments::Payment& payment, const payments::Attempt& attempt);

store::Durations durations_of(const FlowOptions& options);
store::Store::Ages ages_of(const psp::Rules& rules);

}  // namespace florin::flow
