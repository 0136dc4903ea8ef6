#include "store/rows.hpp"

#include "base/assert.hpp"
#include "store/metadata.hpp"

namespace florin::store {
namespace {

void replace(std::string& text, std::string_view name, std::string_view by) {
    if (const auto at = text.find(name); at != std::string::npos) text.replace(at, name.size(), by);
}

payments::Amounts read_amounts(const postgres::Row& row, int first) {
    return {.authorized = row.int8(first),
            .capturing = row.int8(first + 1),
            .captured = row.int8(first + 2),
            .refunding = row.int8(first + 3),
            .refunded = row.int8(first + 4),
            .voiding = row.int8(first + 5),
            .voided = row.int8(first + 6),
            .expired = row.int8(first + 7)};
}

payments::Status read_status(const postgres::Row& row, int column) {
    const auto status = payments::parse_status(row.text(column));
    FLORIN_ASSERT(status);
    return *status;
}

payments::Parameters read_parameters(const postgres::Row& row, int column) {
    if (row.is_null(column)) return {};
    auto parameters = payments::parse_parameters(row.text(column));
    FLORIN_ASSERT(parameters);
    return *std::move(parameters);
}

std::optional<payments::NextAction> read_next_action(const postgres::Row& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return payments::NextAction{std::string(row.text(column))};
}

}  // namespace

std::string with_columns(std::string sql) {
    replace(sql, "{payment}", kPaymentColumns);
    replace(sql, "{attempt}", kAttemptColumns);
    return sql;
}

Uuid first_id_of(WallTime time) {
    auto ms = std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
    Uuid id;
    for (std::size_t i = 6; i-- > 0; ms >>= 8) id.bytes[i] = static_cast<std::uint8_t>(ms & 0xff);
    return id;
}

Currency read_currency(const postgres::Row& row, int column) {
    const auto currency = Currency::parse(row.text(column));
    FLORIN_ASSERT(currency);
    return *currency;
}

payments::Outcome read_outcome(const postgres::Row& row, int column) {
    const auto outcome = payments::parse_outcome(row.text(column));
    FLORIN_ASSERT(outcome);
    return *outcome;
}

payments::OperationKind read_kind(const postgres::Row& row, int column) {
    const auto kind = payments::parse_operation_kind(row.text(column));
    FLORIN_ASSERT(kind);
    return *kind;
}

payments::Payment read_payment(const postgres::Row& row, int first) {
    const auto at = [first](int column) { return first + column; };
    return {
        .id = PaymentId(row.uuid(at(0))),
        .merchant = MerchantId(row.uuid(at(1))),
        .live = row.boolean(at(2)),
        .amount = Money(row.int8(at(3)), read_currency(row, at(4))),
        .amounts = read_amounts(row, at(5)),
        .status = read_status(row, at(13)),
        .version = row.int4(at(14)),
        .events = row.int4(at(30)),
        .payment_method = std::string(row.text(at(15))),
        .capture = row.boolean(at(16)),
        .multiple_captures = row.boolean(at(17)),
        .description = row.optional_text(at(18)),
        .metadata = metadata_of(row.text(at(19))),
        .return_url = row.optional_text(at(20)),
        .psp = std::string(row.text(at(21))),
        .psp_account = std::string(row.text(at(22))),
        .psp_reference = row.optional_text(at(23)),
        .failure_code = row.optional_text(at(24)),
        .failure_reason = row.optional_text(at(25)),
        .next_action = read_next_action(row, at(26)),
        .capture_before = row.optional_time(at(27)),
        .created_at = row.time(at(28)),
        .updated_at = row.time(at(29)),
    };
}

payments::Attempt read_attempt(const postgres::Row& row, int first) {
    const auto at = [first](int column) { return first + column; };
    return {
        .operation = OperationId(row.uuid(at(0))),
        .number = row.int2(at(1)),
        .payment = PaymentId(row.uuid(at(2))),
        .kind = read_kind(row, at(3)),
        .amount = Money(row.int8(at(4)), read_currency(row, at(5))),
        .parameters = read_parameters(row, at(11)),
        .psp = std::string(row.text(at(6))),
        .psp_account = std::string(row.text(at(7))),
        .encoder_version = row.int2(at(8)),
        .actor = std::string(row.text(at(9))),
        .request = RequestId(row.uuid(at(10))),
    };
}

std::optional<StoredResult> read_result(const postgres::Row& row, int first) {
    if (row.is_null(first)) return std::nullopt;
    return StoredResult{read_outcome(row, first), row.int2(first + 1), std::string(row.text(first + 2))};
}

}  // namespace florin::store
