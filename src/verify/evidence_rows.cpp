#include "verify/evidence_rows.hpp"

#include <boost/json/parse.hpp>

namespace florin::verify {

using postgres::Row;

namespace {

MaybeText maybe_text(const Row& row, int column) {
    return row.is_null(column) ? std::nullopt : MaybeText(row.text(column));
}

StoredResult result_of(const Row& row) {
    return {.payment_id = row.uuid(10),
            .http_status = row.int2(13),
            .writer = row.int2(19),
            .version = row.int4(16),
            .outcome = row.text(11),
            .psp = row.text(14),
            .body = row.text(17),
            .digest = row.text(18),
            .reason = maybe_text(row, 12),
            .psp_reference = maybe_text(row, 15),
            .created_at = row.time(20)};
}

}  // namespace

const char* const kReadPayments = R"sql(
select id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded, voiding, voided,
       expired, status, version, payment_method, capture, multiple_captures, description, metadata, return_url, psp,
       psp_reference, failure_code, next_action
from payments where id between $1::uuid and $2::uuid order by id
)sql";

StoredPayment payment_of(const Row& row) {
    return {.merchant_id = row.uuid(1),
            .live = row.boolean(2),
            .capture = row.boolean(16),
            .multiple_captures = row.boolean(17),
            .amount = row.int8(3),
            .authorized = row.int8(5),
            .capturing = row.int8(6),
            .captured = row.int8(7),
            .refunding = row.int8(8),
            .refunded = row.int8(9),
            .voiding = row.int8(10),
            .voided = row.int8(11),
            .expired = row.int8(12),
            .version = row.int4(14),
            .currency = row.text(4),
            .status = row.text(13),
            .payment_method = row.text(15),
            .metadata = row.text(19),
            .psp = row.text(21),
            .description = maybe_text(row, 18),
            .return_url = maybe_text(row, 20),
            .psp_reference = maybe_text(row, 22),
            .failure_code = maybe_text(row, 23),
            .next_action = maybe_text(row, 24)};
}

const char* const kReadAttempts = R"sql(
select o.payment_id, o.operation_id, o.attempt, o.kind, o.amount, o.currency, o.parameters, o.psp, o.psp_account,
       case when r.operation_id is null then exists (
           select from open_operations n where n.operation_id = o.operation_id and n.attempt = o.attempt) end,
       r.payment_id, r.outcome, r.reason, r.http_status, r.psp, r.psp_reference, r.version, r.body, r.digest, r.writer,
       r.created_at
from operations o left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt
where o.payment_id between $1::uuid and $2::uuid order by o.payment_id, o.operation_id, o.attempt
)sql";

StoredAttempt attempt_of(const Row& row) {
    StoredAttempt attempt{.operation_id = row.uuid(1),
                          .number = row.int2(2),
                          .kind = row.text(3),
                          .currency = row.text(5),
                          .psp = row.text(7),
                          .psp_account = row.text(8),
                          .amount = row.int8(4)};
    if (!row.is_null(6)) attempt.parameters = boost::json::parse(row.text(6));
    if (!row.is_null(9)) attempt.has_open_row = row.boolean(9);
    if (!row.is_null(10)) attempt.result = result_of(row);
    return attempt;
}

const char* const kReadChanges = R"sql(
select o.payment_id, a.operation_id, a.sequence, a.payment_id, a.attempt, a.change, a.actor, a.details, a.request_id,
       a.created_at
from (select distinct payment_id, operation_id from operations where payment_id between $1::uuid and $2::uuid) o
join payment_audit_log a on a.operation_id = o.operation_id order by o.payment_id
)sql";

StoredChange change_of(const Row& row) {
    return {.payment_id = row.uuid(3),
            .operation_id = row.uuid(1),
            .request_id = row.uuid(8),
            .attempt = row.int2(4),
            .sequence = row.int4(2),
            .change = row.text(5),
            .actor = row.text(6),
            .details = row.text(7),
            .created_at = row.time(9)};
}

const char* const kReadEntries = R"sql(
select o.payment_id, e.operation_id, e.kind, e.line, e.attempt, e.account_id, e.merchant_id, e.amount, e.currency,
       e.writer, e.created_at
from (select distinct payment_id, operation_id from operations where payment_id between $1::uuid and $2::uuid) o
join ledger_entries e on e.operation_id = o.operation_id order by o.payment_id
)sql";

StoredEntry entry_of(const Row& row) {
    return {.operation_id = row.uuid(1),
            .account_id = row.uuid(5),
            .attempt = row.int2(4),
            .kind = row.int2(2),
            .line = row.int2(3),
            .writer = row.int2(9),
            .amount = row.int8(7),
            .currency = row.text(8),
            .merchant_id = row.optional_uuid(6),
            .created_at = row.time(10),
            .account = nullptr};
}

const char* const kReadAccounts =
    "select id, path, currency, live, merchant_id from ledger_accounts where id = any ($1::uuid[])";

StoredAccount account_of(const Row& row) {
    StoredAccount account{.path = std::string(row.text(1)),
                          .currency = std::string(row.text(2)),
                          .psp_account = {},
                          .live = row.boolean(3),
                          .merchant_id = row.optional_uuid(4)};
    read_path(account);
    return account;
}

}  // namespace florin::verify
