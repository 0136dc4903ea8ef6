// What is stored of one payment, row by row. Somebody may have altered any of it, so nothing here is a domain type:
// words are the stored words, and amounts that are added up are wide enough for any column. Texts live as long as the
// rows that they were read from.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace florin::verify {

using Text = std::string_view;
using MaybeText = std::optional<std::string_view>;
using Wide = __int128;

// The index-th of the parts that a separator divides; empty where there is none.
Text part(Text text, char separator, int index);

// A row of payments.
struct StoredPayment {
    Uuid merchant_id;
    bool live, capture, multiple_captures;
    std::int64_t amount, authorized, capturing, captured, refunding, refunded, voiding, voided, expired;
    std::int32_t version;
    Text currency, status, payment_method, metadata, psp;
    MaybeText description, return_url, psp_reference, failure_code, next_action;
};

// A row of operation_results.
struct StoredResult {
    Uuid payment_id;
    std::int16_t http_status, writer;
    std::int32_t version;
    Text outcome, psp, body, digest;
    MaybeText reason, psp_reference;
    WallTime created_at;

    bool won() const { return outcome == "approved"; }
    // A refusal against settled amounts, stored under its key. No PSP's decline has one of these reasons.
    bool refused() const {
        return outcome == "declined" &&
               (reason == "amount_out_of_range" || reason == "currency_mismatch" || reason == "operation_not_allowed");
    }
};

// A row of operations with its result, if it ended.
struct StoredAttempt {
    Uuid operation_id;
    std::int16_t number;
    Text kind, currency, psp, psp_account;
    std::int64_t amount;
    std::optional<boost::json::value> parameters{};
    bool has_open_row = false;  // looked at only where there is no result
    std::optional<StoredResult> result{};

    bool creates() const { return kind == "sale" || kind == "authorize"; }
    // It answers a late success, and stands beside the payment.
    bool is_late() const { return kind == "late_void" || kind == "late_refund" || kind == "late_suspense"; }
    bool won() const { return result && result->won(); }
    // A late charge that the PSP would not give back is booked although its answer was declined.
    bool posts() const { return won() || (is_late() && result && result->outcome == "declined"); }
    bool refused() const { return result && result->refused(); }
    const boost::json::value* parameter(Text name) const;
    bool says(Text name) const;       // the parameter is true
    std::int64_t releases() const;    // 0 where there is none
    MaybeText word(Text name) const;  // a parameter that is text
};

// A row of payment_audit_log.
struct StoredChange {
    Uuid payment_id, operation_id, request_id;
    std::int16_t attempt;
    std::int32_t sequence;
    Text change, actor, details;
    WallTime created_at;
    Text from() const { return part(change, '>', 0); }
    Text to() const { return part(change, '>', 1); }
};

// A row of ledger_accounts, and what its path says.
struct StoredAccount {
    enum class Side : std::uint8_t {
        psp,
        ours,
        psp_memo,
        merchant_memo,
        late,
        late_memo,
        suspense,
        suspense_memo,
        strange
    };
    std::string path, currency, psp_account;  // "stripe main"; empty where it is not a PSP's
    bool live = false;
    std::optional<Uuid> merchant_id{};
    Side side = Side::strange;
};

// A row of ledger_entries.
struct StoredEntry {
    Uuid operation_id, account_id;
    std::int16_t attempt, kind, line, writer;
    std::int64_t amount;
    Text currency;
    std::optional<Uuid> merchant_id;
    WallTime created_at;
    const StoredAccount* account;  // null where it does not exist
};

// What the payment was after one of its results. A stored refusal has the version that it was decided on, and stands
// beside the result that made it.
struct AfterResult {
    const StoredAttempt* attempt = nullptr;
    Wide authorized = 0, captured = 0, refunded = 0, released = 0, expired = 0;
    Text status{};
    int makers = 0;  // results, refusals apart, that made this version
};

struct Evidence {
    Uuid payment_id;
    std::optional<StoredPayment> payment;
    std::vector<StoredAttempt> attempts;  // by operation and number
    std::vector<StoredChange> changes;    // by sequence
    std::vector<StoredEntry> entries;     // by operation, kind and line
    std::vector<AfterResult> history;     // by version, refusals last

    const StoredAttempt* attempt(const Uuid& operation, std::int16_t number) const;
    // The change of status that a result made, if it made one.
    const StoredChange* change(const Uuid& operation, std::int32_t version) const;
};

// Fills `history` from the attempts.
void write_history(Evidence& evidence);
// What a path says of its account; the rest of the row is as stored.
void read_path(StoredAccount& account);

}  // namespace florin::verify
