// What a command becomes before anything is sent: the payment, the attempt, the PSP call and the times they may take.
// Pure.
#pragma once

#include "flow/command.hpp"
#include "flow/services.hpp"

namespace florin::flow {

// Of a create command.
store::Intent intent_of(const Command& command, const PspAccount& account, const FlowOptions& options, WallTime now);

// Attempt 1 of an operation on an existing payment.
struct Asked {
    payments::OperationKind kind;
    Money amount;
    payments::Parameters parameters;
    std::string actor;
    RequestId request;
};
payments::Attempt attempt_of(const payments::Payment& payment, const PspAccount& account, Asked asked, WallTime now);
// Without a key: the caller's, where there is one.
store::Reservation reservation_of(const payments::Payment& read, payments::Payment reserved, payments::Attempt attempt,
                                  const PspAccount& account, const FlowOptions& options);
// A command that settled amounts refuse: the 422 that is stored under its key (rule 20).
store::Record refusal_record(const Command& command, const payments::Payment& read, payments::Attempt attempt,
                             const Refusal& refusal, WallTime now);
// The same where attempt n, the last under the key, was not executed: stored as attempt n+1.
store::RefusedRepeat refused_repeat(const Command& command, store::StoredOperation stored, const Refusal& refusal,
                                    WallTime now);

// Attempt n+1 of what the key leads to, after attempt n was not_executed (rules 3 and 4). `attempt` is attempt n but
// for what the new one says otherwise; `payment` is the one that was read, reopened or reserved again.
store::NextAttempt next_attempt(const Command& command, const PspAccount& account, const FlowOptions& options,
                                payments::Attempt attempt, payments::Payment payment, WallTime now);

// The same attempt always gives the same call.
psp::Call call_of(const payments::Payment& payment, const payments::Attempt& attempt);
// True for operations that create an object of their own at the PSP, whose name then belongs to them alone; the others
// act on the payment's.
bool creates_object(payments::OperationKind kind);
// The first field in which the command differs from the operation that stands under its key; empty when the path does.
std::string differing_field(const Command& command, const payments::Payment& payment, const payments::Attempt& attempt);

std::string actor_of(const Command& command);
store::Durations durations_of(const FlowOptions& options, payments::OperationKind kind, const psp::Rules& rules);
store::Store::Ages ages_of(const psp::Rules& rules);

}  // namespace florin::flow
