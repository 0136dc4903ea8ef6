// The store's item of a verdict: payment, body, journal and reference as they will stand. Pure but for the wall clock.
#pragma once

#include "flow/settle.hpp"

namespace florin::flow {

// `holds_lease`: the caller's generation is still the operation's as far as it knows; without it only facts and
// evidence are written, and the lease and the next look stay as they are.
store::Settlement settlement_of(const Services& services, const Verdict& verdict, bool holds_lease);
// When a success of this kind is looked at again because the PSP may take it back; nullptr for never.
const std::vector<Milliseconds>* looks_of(const psp::Rules& rules, payments::OperationKind kind);
// Empty while the attempt stays open.
std::optional<store::StoredResult> result_of(const payments::Step& step, payments::Outcome outcome);

}  // namespace florin::flow
