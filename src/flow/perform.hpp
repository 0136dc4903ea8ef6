// The first call of an attempt and its outcome, by the task that wrote the intent.
#pragma once

#include <variant>

#include "flow/deadlines.hpp"
#include "flow/ongoing.hpp"
#include "flow/settle.hpp"

namespace florin::flow {

// An attempt whose intent is committed and of which the PSP has heard nothing yet.
struct Opened {
    payments::Payment payment;
    payments::Attempt attempt;
    Deadlines deadlines;
    std::optional<ledger::FeeRule> platform_fee{};  // where it is known already
};

// How an operation begins: its first attempt is open, its key is claimed already, or it ends before it has begun.
using Begun = std::variant<Opened, store::KeyTaken, Conclusion>;

// Empty when the outcome could not be written before the lease ran out: left to the resolver.
Task<std::optional<Standing>> perform(const Services& services, Opened opened);

}  // namespace florin::flow
