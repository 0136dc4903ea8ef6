#include "store/administration_statements.hpp"

#include <array>
#include <string_view>

#include "store/change_log.hpp"

namespace florin::store {
namespace {

// In the statements below $AUDIT and $ONCE stand for what change_log.hpp says.
constexpr std::string_view kMerchantColumns = R"sql(
    m.id, m.name, m.requests_per_second, m.burst, f.currency, f.basis_points, f.fixed, m.created_at, m.closed_at, m.version,
    m.before_expiry, m.before_expiry_hours)sql";
constexpr std::string_view kKeyColumns =
    "id, merchant_id, live, name, hint, scopes, created_at, expires_at, revoked_at, last_used_at, replaced_by";

constexpr auto kStatements = std::to_array<ChangeStatement>({
    {"create_merchant", R"sql(
        with audit as ($AUDIT $ONCE),
        made as (
            insert into merchants (id, name, requests_per_second, burst, before_expiry, before_expiry_hours, created_at)
            select $10::uuid, $11::text, $12::int4, $13::int4, $17::text, $18::int4, at from audit returning id),
        plans as (
            insert into fee_plans (merchant_id, currency, basis_points, fixed)
            select made.id, p.currency, p.basis_points, p.fixed
            from made, unnest($14::bpchar[], $15::int4[], $16::int8[]) as p(currency, basis_points, fixed))
        select id from made)sql"},
    // The default fee is the row without a currency: always written, never removed.
    {"update_merchant", R"sql(
        with changed as (
            update merchants set name = $11::text, requests_per_second = $12::int4, burst = $13::int4,
                before_expiry = $19::text, before_expiry_hours = $20::int4,
                closed_at = case when $18::bool then coalesce(closed_at, florin_now()) end, version = version + 1
            where id = $10::uuid and version = $17::int4 returning id),
        audit as ($AUDIT from changed $ONCE),
        gone as (
            delete from fee_plans f using changed c
            where f.merchant_id = c.id and f.currency <> all (array_remove($14::bpchar[], null))),
        plans as (
            insert into fee_plans (merchant_id, currency, basis_points, fixed)
            select c.id, p.currency, p.basis_points, p.fixed
            from changed c, unnest($14::bpchar[], $15::int4[], $16::int8[]) as p(currency, basis_points, fixed)
            on conflict (merchant_id, currency) do update
            set basis_points = excluded.basis_points, fixed = excluded.fixed)
        select id from changed)sql"},
    {"find_merchant", R"sql(
        select $MERCHANT from merchants m left join fee_plans f on f.merchant_id = m.id where m.id = $1::uuid)sql"},
    {"list_merchants", R"sql(
        select $MERCHANT from (
            select * from merchants where $1::uuid is null or id < $1::uuid order by id desc limit $2::int8) m
        left join fee_plans f on f.merchant_id = m.id order by m.id desc)sql"},
    {"create_key", R"sql(
        with audit as ($AUDIT $ONCE)
        insert into api_keys (id, merchant_id, live, name, hint, hash, scopes, expires_at, created_at)
        select $10::uuid, $5::uuid, $6::bool, $11::text, $12::text, $13::bytea, $14::text, $15::timestamptz, at from audit
        returning id)sql"},
    {"rotate_key", R"sql(
        with target as (
            select * from api_keys where id = $10::uuid and revoked_at is null and replaced_by is null
            and (expires_at is null or expires_at > florin_now()) for update),
        audit as ($AUDIT from target $ONCE),
        made as (
            insert into api_keys (id, merchant_id, live, name, hint, hash, scopes, created_at, expires_at)
            select $11::uuid, t.merchant_id, t.live, t.name, $12::text, $13::bytea, t.scopes, a.at,
                a.at + (t.expires_at - t.created_at)
            from target t, audit a returning id, created_at)
        update api_keys k set replaced_by = m.id,
            expires_at = least(k.expires_at, m.created_at + $14::int8 * interval '1 second')
        from made m where k.id = $10::uuid returning k.id)sql"},
    {"revoke_key", R"sql(
        with target as (select id from api_keys where id = $10::uuid and revoked_at is null for update),
        audit as ($AUDIT from target $ONCE)
        update api_keys k set revoked_at = a.at from audit a where k.id = $10::uuid returning k.id)sql"},
    {"find_key_row", R"sql(select $KEY from api_keys where id = $1::uuid)sql"},
    {"list_keys", R"sql(
        select $KEY from api_keys
        where ($1::uuid is null or id < $1::uuid) and ($3::uuid is null or merchant_id = $3::uuid)
        and ($4::bool is null or live = $4::bool) order by id desc limit $2::int8)sql"},
    {"list_changes", R"sql(
        select id, at, actor, action, subject, details from admin_audit_log
        where ($1::uuid is null or id < $1::uuid) and ($3::uuid is null or merchant_id = $3::uuid)
        and ($4::bool is null or live = $4::bool) order by id desc limit $2::int8)sql"},
});

constexpr auto kMeanings = std::to_array<Meaning>({{"$MERCHANT", kMerchantColumns}, {"$KEY", kKeyColumns}});

}  // namespace

Task<void> prepare_administration_statements(postgres::Connection& connection) {
    return prepare_change_log(connection, kStatements, kMeanings);
}

}  // namespace florin::store
