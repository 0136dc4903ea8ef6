#include <algorithm>

#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Params;
using postgres::Row;
using postgres::Rows;

Digest read_digest(const Row& row, int column) {
    Digest digest{};
    if (!row.is_null(column)) std::ranges::copy(row.text(column).substr(0, digest.size()), digest.begin());
    return digest;
}

std::optional<StoredOperation> read_operation(const Rows& rows) {
    if (rows.empty()) return std::nullopt;
    const Row row = rows[0];
    constexpr int kResult = 1 + kAttemptWidth;
    return StoredOperation{.fingerprint = read_digest(row, 0),
                           .payment = read_payment(row, kResult + 6),
                           .attempt = read_attempt(row, 1),
                           .result = read_result(row, kResult),
                           .lease_expired = row.boolean(kResult + 3),
                           .is_due = row.boolean(kResult + 4),
                           .generation = row.int4(kResult + 5)};
}

template <class T, class Read>
std::vector<T> read_all(const Rows& rows, Read read) {
    std::vector<T> out;
    out.reserve(static_cast<std::size_t>(rows.size()));
    for (int i = 0; i < rows.size(); ++i) out.push_back(read(rows[i]));
    return out;
}

OperationRow read_operation_row(const Row& row) {
    constexpr int kNext = kAttemptWidth;
    return {read_attempt(row, 0),
            row.time(kNext),
            row.is_null(kNext + 1) ? std::nullopt : std::optional(read_outcome(row, kNext + 1)),
            row.optional_text(kNext + 2),
            row.optional_text(kNext + 3),
            row.optional_time(kNext + 4),
            std::string(row.text(kNext + 5))};
}

LedgerRow read_ledger_row(const Row& row) {
    return {OperationId(row.uuid(0)),
            row.int2(1),
            std::string(ledger::to_string(static_cast<ledger::JournalKind>(row.int2(2)))),
            row.int2(3),
            std::string(row.text(4)),
            row.int8(5),
            std::string(row.text(6)),
            row.int2(7),
            row.int8(8),
            row.time(9)};
}

AuditRow read_audit_row(const Row& row) {
    return {OperationId(row.uuid(0)), row.int4(1),
            std::string(row.text(2)), std::string(row.text(3)),
            std::string(row.text(4)), std::string(row.text(5)),
            RequestId(row.uuid(6)),   row.time(7)};
}

Params ids_of(const std::vector<std::pair<PaymentId, OperationId>>& ids) {
    postgres::Array payments(postgres::Oid::uuid);
    postgres::Array operations(postgres::Oid::uuid);
    for (const auto& [payment, operation] : ids) {
        payments.add(payment.uuid());
        operations.add(operation.uuid());
    }
    Params params;
    params.add(std::move(payments)).add(std::move(operations));
    return params;
}

template <class... Values>
Params params_of(const Values&... values) {
    Params params;
    (params.add(values), ...);
    return params;
}

}  // namespace

bool OperationRow::is_refused_here() const {
    const bool is_declined = outcome == payments::Outcome::declined;
    return is_declined && std::ranges::any_of(kRefusedHere, [&](Error error) { return reason == to_string(error); });
}

Task<std::optional<StoredOperation>> Store::find_by_key(MerchantId merchant, bool live, std::string key,
                                                        Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("find_by_key", params_of(merchant.uuid(), live, key), deadline);
    co_return read_operation(rows);
}

Task<std::optional<StoredOperation>> Store::find_operation(PaymentId payment, OperationId operation,
                                                           Deadline deadline) {
    const Rows rows =
        co_await state_->readers.execute("find_operation", params_of(payment.uuid(), operation.uuid()), deadline);
    co_return read_operation(rows);
}

Task<std::vector<std::pair<OperationId, StoredResult>>> Store::find_results(
    std::vector<std::pair<PaymentId, OperationId>> ids, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("find_results", ids_of(ids), deadline);
    co_return read_all<std::pair<OperationId, StoredResult>>(
        rows, [](const Row& row) { return std::pair(OperationId(row.uuid(0)), *read_result(row, 1)); });
}

Task<std::optional<payments::Payment>> Store::find_payment(MerchantId merchant, bool live, PaymentId id,
                                                           Deadline deadline) {
    const Rows rows =
        co_await state_->readers.execute("find_payment", params_of(merchant.uuid(), live, id.uuid()), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_payment(rows[0], 0);
}

Task<std::vector<OperationRow>> Store::operations_of(PaymentId id, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("operations_of", params_of(id.uuid()), deadline);
    co_return read_all<OperationRow>(rows, read_operation_row);
}

Task<std::vector<LedgerRow>> Store::ledger_of(PaymentId id, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("ledger_of", params_of(id.uuid()), deadline);
    co_return read_all<LedgerRow>(rows, read_ledger_row);
}

Task<std::vector<AuditRow>> Store::audit_of(PaymentId id, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("audit_of", params_of(id.uuid()), deadline);
    co_return read_all<AuditRow>(rows, read_audit_row);
}

Task<std::vector<BalanceRow>> Store::balance_of(MerchantId merchant, bool live, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("balance_of", params_of(merchant.uuid(), live), deadline);
    co_return read_all<BalanceRow>(rows, [](const Row& row) {
        return BalanceRow{std::string(row.text(0)), std::string(row.text(1)), row.int8(2)};
    });
}

Task<ledger::FeeRule> Store::fee_rule(MerchantId merchant, Currency currency, Deadline deadline) {
    const Rows rows =
        co_await state_->readers.execute("fee_rule", params_of(merchant.uuid(), currency.code()), deadline);
    if (rows.empty()) co_return ledger::FeeRule{};
    co_return ledger::FeeRule{rows[0].int4(0), rows[0].int8(1)};
}

Task<std::string> Store::readiness(Deadline deadline) {
    try {
        const Rows rows = co_await state_->readers.execute("readiness", {}, deadline);
        if (rows[0].boolean(1)) co_return "the database takes no writes: it is a standby, or was set to read only";
        if (rows[0].int4(0) < 1)
            co_return "the partitions of the next month are missing: run florin_ensure_partitions()";
        co_return "";
    } catch (const std::exception& error) {
        co_return std::string("the database does not answer: ") + error.what();
    }
}

Task<void> Store::ensure_partitions(Deadline deadline) {
    co_await state_->readers.execute("ensure_partitions", {}, deadline);
}

}  // namespace florin::store
