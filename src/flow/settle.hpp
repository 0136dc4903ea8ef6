// Writes what was judged of an attempt, whoever judged it: the task that opened it, an adopter or the resolver. Who
// loses reads again and answers what is stored (rule 10); a success that comes too late is adopted (rule 24).
#pragma once

#include <optional>
#include <string>

#include "flow/services.hpp"

namespace florin::flow {

struct Verdict {
    payments::Payment payment;  // as last read
    payments::Attempt attempt;
    payments::Judgement judgement;
    std::string evidence;
    bool fences = false;           // a repeat was answered from the PSP's store (rule 7)
    std::int32_t generation = 1;   // of the lease under which the caller acts
    Milliseconds next_try{1'000};  // for what stays open
    bool park = false;             // the same: a human is told, unless there is news (rule 26)
    bool closed_by_time = false;   // not_executed because of the time fence alone: the attempt is watched (rule 25)
    bool is_word = false;          // a person's, not the PSP's: only under the lease
    std::string actor;
    std::optional<ledger::FeeRule> platform_fee{};  // read from the store when it is needed and not given
};

// What stands in the store afterwards.
struct Standing {
    payments::Payment payment;
    std::optional<store::StoredResult> result;  // of the operation's last attempt; empty while it is open
    bool is_ours = false;                       // this verdict wrote it
    bool comes_back = false;  // a late success that something open stands in the way of: the watch has it now
};

// The PSP's answer as a verdict about the attempt. `first_and_only_call` is rule 5.
Verdict verdict_of(payments::Payment payment, payments::Attempt attempt, const psp::Answer& answer,
                   bool first_and_only_call);

void count_outcome(const Services& services, const payments::Attempt& attempt, payments::Outcome outcome);

// Infrastructure trouble is an exception; what was committed then is learned by settling again (rule 19).
Task<Standing> settle(const Services& services, Verdict verdict, Deadline deadline);
// Settles again and again until the deadline; empty when the database did not answer until then: left to the resolver.
Task<std::optional<Standing>> settle_until(const Services& services, Verdict verdict, Deadline deadline);

}  // namespace florin::flow
