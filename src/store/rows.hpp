// How rows become the types of reads.hpp: column lists and their readers, kept together.
#pragma once

#include <string>
#include <string_view>

#include "postgres/rows.hpp"
#include "store/reads.hpp"

namespace florin::store {

// Of payments as q.
inline constexpr std::string_view kPaymentColumns =
    "q.id, q.merchant_id, q.live, q.amount, q.currency, q.authorized, q.capturing, q.captured, q.refunding, "
    "q.refunded, "
    "q.voiding, q.voided, q.expired, q.status, q.version, q.payment_method, q.capture, q.multiple_captures, "
    "q.description, q.metadata, q.return_url, q.psp, q.psp_account, q.psp_reference, q.failure_code, q.failure_reason, "
    "q.next_action, "
    "q.capture_before, q.created_at, q.updated_at, q.events";
// Of operations as a.
inline constexpr std::string_view kAttemptColumns =
    "a.operation_id, a.attempt, a.payment_id, a.kind, a.amount, a.currency, a.psp, a.psp_account, a.encoder_version, "
    "a.actor, a.request_id, a.parameters";
inline constexpr int kAttemptWidth = 12;

// Replaces {payment} and {attempt} by the column lists.
std::string with_columns(std::string sql);

// The smallest id of that millisecond.
Uuid first_id_of(WallTime time);

payments::Payment read_payment(const postgres::Row& row, int first);
payments::Attempt read_attempt(const postgres::Row& row, int first);
payments::OperationKind read_kind(const postgres::Row& row, int column);
payments::Outcome read_outcome(const postgres::Row& row, int column);
Currency read_currency(const postgres::Row& row, int column);
// Three columns: outcome (null while open), http_status, body.
std::optional<StoredResult> read_result(const postgres::Row& row, int first);

}  // namespace florin::store
