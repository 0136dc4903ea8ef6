// What the group commit writes: one struct per kind of item, with the result each item gets of its own. The rules are
// those of the write protocol (numbers in brackets). Every id and time here was made by the caller, except recorded_at,
// lease_until, send_until, execute_until and next_try, which the statement computes from florin_now().
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/hash.hpp"
#include "ledger/journal.hpp"
#include "payments/operation.hpp"

namespace florin::store {

// How long the open row's promises last, counted by the database from the statement's florin_now().
struct Durations {
    Milliseconds lease;    // outlasts the call's deadline (rule 11)
    Milliseconds call;     // send_until = now + call (rule 7)
    Milliseconds execute;  // execute_until = now + execute (rule 16)
};

// A new payment with its first operation and attempt 1. Claims the key; everything or nothing of the item is written.
struct Intent {
    payments::Payment payment;
    payments::Attempt attempt;
    std::string key;  // the Idempotency-Key, scoped by (merchant, mode)
    Digest fingerprint;
    Durations durations;
};
struct IntentWon {
    WallTime recorded_at;  // the database's
};
struct KeyTaken {};  // answer from what is stored under the key
using IntentResult = std::variant<IntentWon, KeyTaken>;

// A capture, void, refund or expiry of an existing payment: claims the key, takes the reservation by compare-and-set of
// the payment's version, writes attempt 1 and its open row; everything or nothing of the item is written.
struct Reservation {
    payments::Payment payment;  // as it will be: amounts with the reservation, version = expected_version + 1
    payments::Attempt attempt;
    std::int32_t expected_version;
    std::string key;  // empty for an operation of our own
    Digest fingerprint{};
    Durations durations;
};
struct VersionMoved {};  // decide again on what is stored now; nothing was claimed
using ReservationResult = std::variant<IntentWon, KeyTaken, VersionMoved>;

// How long after a success it is looked at again, because the PSP may still take it back.
struct Watch {
    Milliseconds first_look;
    Milliseconds until;
};

// The judgement of an attempt. Closes it (step.http_status != 0: result, journal, audit row, link, open row removed) or
// keeps it open (evidence, payment and audit row in one commit; the open row stays).
struct Settlement {
    payments::Attempt attempt;
    payments::Outcome outcome;
    std::int32_t expected_version;  // compare-and-set on payments.version
    payments::Step step;
    std::vector<ledger::Journal> journals{};        // with approved, at most one of each kind
    std::optional<std::string> reason{};            // decline code, or why not_executed
    std::string evidence{};                         // for the open row and the audit row's details, without secrets
    std::optional<std::string> claims_reference{};  // psp reference that this operation created; claimed for ever
    // The PSP's object that stands for the operation where that is neither claimed nor the payment's: the refund that
    // failed.
    std::optional<std::string> names_reference{};
    std::int32_t generation;  // of the lease under which the caller acts
    bool needs_generation;    // not_executed, release and parking: only the lease holder (rule 10)
    // For what stays open: when the resolver looks next (release of the lease, holder only) and whether it gives up for
    // now.
    std::optional<Milliseconds> next_try{};
    bool park = false;
    // The PSP answered a repeat from its idempotency store (rule 7): the open row remembers the database's time of it.
    bool fences = false;
    std::optional<Watch> watch{};  // with approved
    // With what nothing but time or a human's word closed without success (rule 25): the attempt is looked at again.
    std::optional<Watch> late_watch{};
    std::string actor;  // who judges: "key:key_…", "system:resolver"
    WallTime now;
};
enum class SettlementResult : std::uint8_t {
    won,
    lost,             // a result is stored already, the version moved, or the lease is somebody else's: re-read
    reference_taken,  // the PSP reference belongs to another operation: alert, nothing written
};

// A merchant's repeat after a not_executed 503, the next PSP, or another try of what answers a late success: inserts
// attempt n+1 with its open row, conditional on "n is the last and is not_executed"; payment reopened in the same
// statement (rules 2 and 3).
struct NextAttempt {
    payments::Attempt attempt;  // number = the one read plus one, never max + 1
    payments::Payment payment;  // reopened, or reserved again; version = expected_version + 1
    std::int32_t expected_version;
    Durations durations;
    std::string actor;
    WallTime now;
};
struct NextAttemptLost {};
using NextAttemptResult = std::variant<IntentWon, NextAttemptLost>;

// A success that arrives after attempt n was closed as not_executed and is still the last (rule 24): one commit inserts
// n+1, opened and closed as approved, posts, and records in late_charges that n was adopted by n+1.
struct Adoption {
    Settlement settlement;      // of attempt n+1, approved
    std::int16_t late_attempt;  // n
};

// A merchant's repeat after a not_executed 503 that settled amounts refuse meanwhile: n+1 is opened and closed as
// declined in one commit, under the same condition, so that the same 422 is answered for ever (rules 3 and 17).
struct RefusedRepeat {
    Settlement settlement;  // of attempt n+1; the payment as read, version = expected_version + 1
};

// A success that came after its attempt was closed.
struct LateClaim {
    OperationId operation;
    std::int16_t attempt;
    std::string reference;          // the PSP's object in which it shows
    bool reference_is_new = false;  // the late attempt made that object: claimed for it, for ever
};

// What undoes a late success that has no place (rule 24): records it in late_charges, once for ever, and opens
// late_void or late_refund. No key; the payment's amounts stay, its version moves (compare-and-set).
struct Compensation {
    LateClaim late;
    payments::Attempt attempt;  // 1 of the operation
    payments::Payment payment;  // as read, version = expected_version + 1
    std::int32_t expected_version;
    Durations durations;
};
enum class CompensationResult : std::uint8_t {
    won,
    known,            // that late success is adopted or compensated already: nothing is to be done
    reference_taken,  // the PSP's object belongs to another operation, or is a second one of its attempt: alert
    version_moved,    // judge it anew
};

// An operation that is opened and closed in one commit, without a PSP call: a late success that cannot be undone
// (late_suspense), a refusal that is stored under its key
// (422, the payment unchanged), or a success that the PSP took back later (capture_failure, refund_failure).
struct Record {
    Settlement settlement;  // of attempt 1; decided on expected_version, which is compared also where nothing changes
    std::string key;        // empty where nobody asked
    Digest fingerprint{};
    std::optional<OperationId> reverses{};  // claimed once for ever; its watch ends
    std::optional<LateClaim> late{};        // claimed once for ever
};
enum class RecordResult : std::uint8_t {
    won,
    key_taken,        // answer from what is stored under the key
    version_moved,    // decide again
    reversed,         // that operation was reversed already, that late success answered
    reference_taken,  // the PSP's object belongs to another operation: alert
};

}  // namespace florin::store
