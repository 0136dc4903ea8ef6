#include "store/administration_rows.hpp"

#include "base/assert.hpp"

namespace florin::store {
namespace {

template <class Id>
std::optional<Id> optional_id(const postgres::Row& row, int column) {
    const auto uuid = row.optional_uuid(column);
    return uuid ? std::optional(Id(*uuid)) : std::nullopt;
}

KeyMode mode_of(const postgres::Row& row, int column) {
    if (row.is_null(column)) return KeyMode::admin;
    return row.boolean(column) ? KeyMode::live : KeyMode::test;
}

ExpiryPolicy policy_of(const postgres::Row& row, int action, int hours_ahead) {
    const auto parsed = parse_before_expiry(row.text(action));
    FLORIN_ASSERT(parsed.has_value());
    return {.action = *parsed, .hours_ahead = row.int4(hours_ahead)};
}

Scopes scopes_of(const postgres::Row& row, int column) {
    const auto scopes = Scopes::parse(row.text(column));
    FLORIN_ASSERT(scopes.has_value());
    return *scopes;
}

}  // namespace

std::vector<MerchantRow> merchant_rows_of(const postgres::Rows& rows) {
    constexpr int kCreatedAt = 7, kClosedAt = 8, kVersion = 9, kBeforeExpiry = 10, kHoursAhead = 11;
    std::vector<MerchantRow> merchants;
    for (int first = 0; first < rows.size();) {
        int last = first + 1;
        while (last < rows.size() && rows[last].uuid(0) == rows[first].uuid(0)) ++last;
        merchants.push_back({.merchant = merchant_of(rows, first, last, 0),
                             .created_at = rows[first].time(kCreatedAt),
                             .closed_at = rows[first].optional_time(kClosedAt),
                             .version = rows[first].int4(kVersion)});
        merchants.back().merchant.before_expiry = policy_of(rows[first], kBeforeExpiry, kHoursAhead);
        first = last;
    }
    return merchants;
}

KeyRow key_row_of(const postgres::Row& row) {
    return {.id = KeyId(row.uuid(0)),
            .merchant = optional_id<MerchantId>(row, 1),
            .mode = mode_of(row, 2),
            .name = std::string(row.text(3)),
            .hint = std::string(row.text(4)),
            .scopes = scopes_of(row, 5),
            .created_at = row.time(6),
            .expires_at = row.optional_time(7),
            .revoked_at = row.optional_time(8),
            .last_used_at = row.optional_time(9),
            .replaced_by = optional_id<KeyId>(row, 10)};
}

AdminAuditRow audit_row_of(const postgres::Row& row) {
    return {.id = AuditId(row.uuid(0)),
            .at = row.time(1),
            .actor = std::string(row.text(2)),
            .action = std::string(row.text(3)),
            .subject = std::string(row.text(4)),
            .details = std::string(row.text(5))};
}

}  // namespace florin::store
