#include "store/credential_statements.hpp"

namespace florin::store {
namespace {

constexpr Milliseconds kPrepareWithin{5'000};

constexpr const char* kFindKey = R"sql(
    select k.id, k.live, k.scopes, m.id, m.name, m.requests_per_second, m.burst, f.currency, f.basis_points, f.fixed
    from api_keys k left join merchants m on m.id = k.merchant_id left join fee_plans f on f.merchant_id = m.id
    where k.hash = $1::bytea and k.revoked_at is null and m.closed_at is null
    and (k.expires_at is null or k.expires_at > florin_now()))sql";

// What another process is writing just now is as good as ours; waiting for it could end in a deadlock.
constexpr const char* kNoteKeyUse = R"sql(
    update api_keys set last_used_at = florin_now() where id in (
        select id from api_keys
        where id = any($1::uuid[]) and (last_used_at is null or last_used_at < florin_now() - interval '1 minute')
        for no key update skip locked))sql";

}  // namespace

Task<void> prepare_credential_statements(postgres::Connection& connection) {
    const auto deadline = Deadline::after(kPrepareWithin);
    co_await connection.prepare("find_key", kFindKey, deadline);
    co_await connection.prepare("note_key_use", kNoteKeyUse, deadline);
}

}  // namespace florin::store
