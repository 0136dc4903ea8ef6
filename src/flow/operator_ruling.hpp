// What a person's word about an open operation counts for, beside what the PSP says of it at that moment. Pure. The
// PSP's own clear answer always wins; a word without it needs force, and even force moves nothing that the PSP is still
// working on, or shows otherwise than it was asked for.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "payments/operation.hpp"
#include "psp/psp.hpp"

namespace florin::flow {

struct OperatorWord {
    payments::Outcome outcome = payments::Outcome::declined;  // approved, declined or not_executed
    std::string evidence;                                     // how they know
    std::optional<std::string> reference{};                   // the PSP's object, pi_… or re_…
    std::optional<std::string> reason{};                      // with declined: the failure code
    bool force = false;
    bool operator==(const OperatorWord&) const = default;
};

// What the PSP shows of the operation.
struct Sighting {
    std::optional<psp::Answer> answer{};  // of its object, when there is one
    bool contradicts = false;             // its object is not what was asked for, or is there twice
    bool absent = false;                  // a whole look-up found nothing
    bool absence_proves = false;          // behind a fence (rule 7)
    std::string evidence;
};

struct Ruling {
    payments::Judgement judgement;
    bool is_proven = false;  // by the PSP; otherwise it is the person's word, and is watched (rule 25)
};

// Refusals: operation_not_allowed when the PSP contradicts it, still works on it, shows an object that contradicts the
// request, or when nothing supports it and it is not forced; missing_field without the reference that an approval
// needs.
Checked<Ruling> rule(const payments::Attempt& attempt, const OperatorWord& word, const Sighting& seen);

// A judgement of the sighting alone, when it settles the operation by itself.
std::optional<payments::Judgement> fact_of(const Sighting& seen);

}  // namespace florin::flow
