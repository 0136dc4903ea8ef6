#include "store/credential_statements.hpp"

#include <array>

namespace florin::store {
namespace {

struct Prepared {
    const char* name;
    const char* sql;
};

constexpr Milliseconds kPrepareWithin{5'000};

constexpr std::array<Prepared, 6> kStatements{{
    {"find_key", R"sql(
        select k.id, k.live, m.id, m.name, f.currency, f.basis_points, f.fixed
        from api_keys k join merchants m on m.id = k.merchant_id left join fee_plans f on f.merchant_id = m.id
        where k.hash = $1::bytea and k.revoked_at is null)sql"},
    {"create_merchant", R"sql(
        with m as (insert into merchants (id, name, created_at) values ($1::uuid, $2::text, $3::timestamptz) returning id)
        insert into fee_plans (merchant_id, currency, basis_points, fixed) select id, null, $4::int4, $5::int8 from m)sql"},
    {"list_merchants", R"sql(
        select m.id, m.name, f.currency, f.basis_points, f.fixed
        from merchants m left join fee_plans f on f.merchant_id = m.id order by m.id, f.currency nulls first)sql"},
    {"create_key", R"sql(
        insert into api_keys (id, merchant_id, live, name, hint, hash, created_at)
        select $1::uuid, id, $3::bool, $4::text, $5::text, $6::bytea, $7::timestamptz from merchants where id = $2::uuid
        returning id, merchant_id, live, name, hint, created_at, revoked_at)sql"},
    {"revoke_key", R"sql(
        update api_keys set revoked_at = coalesce(revoked_at, $2::timestamptz) where id = $1::uuid
        returning id, merchant_id, live, name, hint, created_at, revoked_at)sql"},
    {"list_keys", R"sql(
        select id, merchant_id, live, name, hint, created_at, revoked_at from api_keys
        where $1::uuid is null or merchant_id = $1::uuid order by id)sql"},
}};

}  // namespace

Task<void> prepare_credential_statements(postgres::Connection& connection) {
    for (const auto& statement : kStatements) {
        co_await connection.prepare(statement.name, statement.sql, Deadline::after(kPrepareWithin));
    }
}

}  // namespace florin::store
