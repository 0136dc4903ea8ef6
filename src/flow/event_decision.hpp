// What an event of a PSP is reason to do. Pure: a function of what the event says and of what stands in the books. Most
// events tell what is known already, and nothing is done.
#pragma once

#include <string>

#include "psp/event.hpp"
#include "store/subjects.hpp"

namespace florin::flow {

enum class EventStep : std::uint8_t {
    nothing,  // the books agree, or the event is about nothing that moves money of ours
    wait,     // an operation that it may settle is in somebody's hands: the normal answer goes first
    look,     // something is open, or the books say otherwise: the PSP's object is read again
    unknown,  // it leads to no payment
    park,     // a human must look
};

struct EventDecision {
    EventStep step;
    std::string why{};  // of wait, look, unknown and park; without secrets
};

// `known` is nullptr where the event leads to no payment. `account` is the one whose secret signed the event.
EventDecision decide(const psp::Subject& subject, const store::KnownPayment* known, const ledger::PspAccount& account);

// The amount that the event states for its object where the books have another; empty where they agree. Nothing is ever
// booked by an event's amount, but somebody must learn of it.
std::string amount_contradiction(const psp::Subject& subject, const store::KnownPayment& known);

bool is_refund(const psp::Subject& subject);

}  // namespace florin::flow
