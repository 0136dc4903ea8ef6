// What stands in the books of what a PSP's event names: enough to see, for a whole batch in one statement, whether
// there is anything to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/journal.hpp"
#include "payments/operation.hpp"

namespace florin::store {

// As the event has it: ours from its metadata, the PSP's names from its object.
struct EventNames {
    std::optional<PaymentId> payment{};
    std::optional<OperationId> operation{};
    std::optional<std::int16_t> attempt{};
    std::optional<std::string> reference{};          // of the object itself
    std::optional<std::string> payment_reference{};  // of the payment's object
};

// The attempt that the metadata name, else the one that claimed the reference.
struct KnownAttempt {
    OperationId operation;
    std::int16_t number;
    payments::OperationKind kind;
    Money amount;
    ledger::PspAccount account;
    std::optional<payments::Outcome> outcome;  // of its result; empty while it is open
    bool is_leased = false;                    // open, and somebody is at it
    bool has_reference = false;                // open, and the PSP's name of its object is known
    bool is_reversed = false;                  // its success was taken back and that is booked
    bool is_booked_object = false;             // approved, and by the event's own object
    bool is_dealt_with = false;                // the event's object was a late success of it, and is compensated
};

struct KnownPayment {
    PaymentId id;
    Money amount;
    std::int64_t captured = 0, held = 0, released = 0;  // minor units
    payments::Status status = payments::Status::pending;
    std::optional<std::string> psp_reference;
    std::optional<KnownAttempt> attempt;
    // The PSP's names belong to another payment or operation than the one that the metadata name.
    bool is_contradicted = false;
    bool is_late_object = false;  // the payment's object that the event names was a late success, and is dealt with
    // Operations on the payment's object, that is all but creations and refunds.
    bool has_open = false;
    bool has_leased = false;
    bool has_doubtful = false;  // a capture, not approved, and nobody has dealt with a late success of it
};

}  // namespace florin::store
