// What undoes a late success that has no place: an operation of its own, opened once for ever and then on the way of
// every operation. What cannot be undone is booked to suspense.
#pragma once

#include "flow/settle.hpp"
#include "payments/saga.hpp"

namespace florin::flow {

inline constexpr const char* kCompensationActor = "system:compensation";

// `late.payment` is as last read. True when nothing is left to do: answered now or before, or told to a human. False
// when the payment has moved: judge it anew. Where it opens an operation it also makes its first call.
Task<bool> answer_late_success(const Services& services, Verdict late, payments::Remedy remedy);

// The PSP took the return of a late charge back: the charge stands again, in suspense.
Task<void> suspend_failed_return(const Services& services, store::Watched watched, std::string evidence);

// Puts the attempt on the watch list: somebody has seen its success and could not place it.
Task<void> watch_again(const Services& services, payments::Attempt late);

// The first call of an attempt that was just opened; what it leaves open is the resolver's, what was not executed is
// tried again by the worker.
Task<void> perform_compensation(const Services& services, payments::Payment payment, payments::Attempt attempt,
                                Deadline call, Deadline lease);

void tell_of_late_success(const Services& services, const Verdict& late, std::string_view what);
void tell_of_remedy(const Services& services, const Verdict& late, payments::Remedy remedy);

}  // namespace florin::flow
