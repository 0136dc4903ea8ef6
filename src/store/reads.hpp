// What is read back: rows as the use cases and the API need them. Reads never write and run on their own connections.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "ledger/journal.hpp"
#include "payments/operation.hpp"

namespace florin::store {

struct StoredResult {
    payments::Outcome outcome;
    int http_status;
    std::string body;  // as sent, byte for byte
};

// With which settled amounts refuse an operation: the 422 is stored under its key, and the PSP is never asked. No
// decline of a PSP has one of these reasons.
inline constexpr auto kRefusedHere =
    std::to_array({Error::amount_out_of_range, Error::currency_mismatch, Error::operation_not_allowed});

// All about the operation that an Idempotency-Key, or an operation id, leads to.
struct StoredOperation {
    Digest fingerprint;
    payments::Payment payment;
    payments::Attempt attempt;           // the last one
    std::optional<StoredResult> result;  // of the last attempt; empty while it is open
    bool lease_expired = false;          // open and its lease is over: may be taken
    bool is_due = false;                 // and its next try has come
    std::int32_t generation = 0;
};

// What taking an open operation gives (rule 9), with the ages computed by the database (rules 7, 13, 16).
struct Taken {
    payments::Attempt attempt;
    payments::Payment payment;
    std::int32_t generation;
    std::int32_t tries;
    bool may_send;        // before execute_until and the safe age; send_until was raised for this taking
    bool absence_proves;  // now() was past send_until + longest request + read lag + clock error (time fence)
    // When a repeat was answered from the PSP's store; set once the read lag has passed, within the safe age.
    std::optional<WallTime> fenced_at;
    WallTime recorded_at;  // of this attempt
    WallTime send_until;
    Milliseconds age;
    std::optional<std::string> psp_reference;
    bool parked;
};

struct OpenOperation {
    OperationId operation;
    payments::OperationKind kind;
    ledger::PspAccount account;
    bool lease_expired;
    bool is_due;  // and its next try has come
};

// How much of a PSP account's waits for a worker that has this account.
struct DueRow {
    ledger::PspAccount account;
    std::int64_t count;
};

struct ExpiringRow {
    PaymentId payment;
    MerchantId merchant;
    bool live;
    std::int64_t held;  // minor units
    std::string currency;
    std::string psp;
    WallTime capture_before;
};

// A success that may still be taken back.
struct Watched {
    payments::Attempt attempt;  // the one that succeeded
    std::int16_t sent_as;       // the attempt that the PSP knows: an adopted success was sent as the one before
    payments::Payment payment;
    std::string psp_reference;  // re_… of a refund, pi_… of a capture
    Milliseconds age;           // since the success, by the database
    bool is_last;               // the watch ends after this look
};

// What answers a late success and has not ended well.
struct StandingLate {
    payments::Attempt attempt;  // the last one of the operation
    payments::Payment payment;
    std::optional<payments::Outcome> outcome;  // empty while it is open
};

// A closed attempt whose success may still show.
struct WatchedAttempt {
    payments::Attempt attempt;
    payments::Payment payment;
    WallTime recorded_at;
    WallTime send_until;
    Milliseconds age;  // since it was closed, by the database
};

struct OperationRow {
    payments::Attempt attempt;
    WallTime created_at;                       // recorded_at, the database's
    std::optional<payments::Outcome> outcome;  // empty while open
    std::optional<std::string> reason;
    std::optional<std::string> psp_reference;
    std::optional<WallTime> closed_at;
    std::string open_evidence;  // what the open row knows

    bool is_refused_here() const;
};

struct LedgerRow {
    OperationId operation;
    std::int16_t attempt;
    std::string kind;  // "capture"
    std::int16_t line;
    std::string account;  // its path
    std::int64_t amount;  // signed, debit > 0
    std::string currency;
    std::int16_t writer;
    std::int64_t balance_after;
    WallTime created_at;
};

struct AuditRow {
    OperationId operation;
    std::int32_t sequence;  // payment version after the change
    std::string from;       // empty for the creation
    std::string to;
    std::string actor;
    std::string details;
    RequestId request;
    WallTime created_at;
};

struct BalanceRow {
    std::string account;
    std::string currency;
    std::int64_t balance;  // signed, debit > 0; summed over writers
};

struct ListQuery {
    MerchantId merchant;
    bool live = false;
    int limit = 10;                           // 1…100
    std::optional<PaymentId> starting_after;  // exclusive; newest first
    std::optional<payments::Status> status;
    std::optional<std::string> currency;
    std::optional<WallTime> created_from, created_to;
};
struct Page {
    std::vector<payments::Payment> payments;
    bool has_more = false;
    std::optional<PaymentId> next_starting_after;  // the last id looked at: a filter looks at a bounded number of rows
};

}  // namespace florin::store
