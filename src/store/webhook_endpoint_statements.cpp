#include "store/webhook_endpoint_statements.hpp"

#include <array>
#include <string_view>

#include "store/change_log.hpp"

namespace florin::store {
namespace {

// A queue is made due with every change that the worker must see: it cancels what a relay has added to a deleted
// endpoint in the same moment, and lets that of a disabled one rest (webhook_deliveries.hpp).
//
// $AUDIT and $ONCE stand for what change_log.hpp says, $ENDPOINT for an endpoint's row, $TARGET for the one that is
// changed: locked, so that what is compared here is what is changed, and every other statement depends on its row of
// the log.
constexpr std::string_view kEndpoint = R"sql(
    e.id, e.merchant_id, e.live, e.url, e.description, array_to_string(e.types, ','), e.status, e.reason, q.failing_since,
    s.number, s.created_at, p.expires_at, e.version, e.created_at, e.updated_at
    from webhook_endpoints e
    left join webhook_queues q on q.endpoint_id = e.id
    left join webhook_secrets s on s.endpoint_id = e.id and s.expires_at is null
    left join lateral (
        select max(o.expires_at) as expires_at from webhook_secrets o
        where o.endpoint_id = e.id and o.expires_at > florin_now()) p on true)sql";
constexpr std::string_view kTarget = R"sql(
    target as (
        select * from webhook_endpoints where id = $10::uuid and version = $11::int4 and status <> 'deleted' for update),
    audit as ($AUDIT from target $ONCE))sql";

// Whoever has it has it no more, and what he says of the endpoint as it was counts for nothing.
constexpr std::string_view kReleased = "generation = q.generation + 1, leased_until = null";

constexpr auto kStatements = std::to_array<ChangeStatement>({
    {"find_endpoint", R"sql(
        select $ENDPOINT
        where e.id = $1::uuid and ($2::uuid is null or e.merchant_id = $2::uuid) and ($3::bool is null or e.live = $3::bool))sql"},
    {"list_endpoints", R"sql(
        select $ENDPOINT
        where ($1::uuid is null or e.id < $1::uuid) and ($3::uuid is null or e.merchant_id = $3::uuid)
        and ($4::bool is null or e.live = $4::bool) and e.status <> 'deleted' order by e.id desc limit $2::int8)sql"},
    {"count_endpoints", R"sql(
        select count(*) from webhook_endpoints where merchant_id = $1::uuid and live = $2::bool and status <> 'deleted')sql"},
    // Who makes one holds the merchant's row, and so the slot that he finds free: the unique index has nothing to
    // refuse.
    {"create_endpoint", R"sql(
        with merchant as materialized (select id from merchants where id = $5::uuid for no key update),
        slots as materialized (select florin_free_endpoint_slot(id, $6::bool) as slot from merchant),
        free as (select slot from slots where slot is not null),
        audit as ($AUDIT from free $ONCE),
        made as (
            insert into webhook_endpoints
                (id, merchant_id, live, slot, url, description, types, created_at, updated_at)
            select $10::uuid, $5::uuid, $6::bool, free.slot, $11::text, $12::text, $13::text[], at, at
            from audit, free returning id, created_at),
        secret as (
            insert into webhook_secrets (endpoint_id, number, sealed, created_at)
            select id, 1, $14::bytea, created_at from made),
        queue as (insert into webhook_queues (endpoint_id) select id from made)
        select id from made)sql"},
    {"update_endpoint", R"sql(
        with $TARGET,
        queue as (
            update webhook_queues q set $RELEASED, failures = 0, failing_since = null, retry_at = null, due_at = a.at
            from target t, audit a where q.endpoint_id = t.id and t.url <> $12::text)
        update webhook_endpoints e set url = $12::text, description = $13::text, types = $14::text[],
            version = e.version + 1, updated_at = a.at
        from audit a where e.id = $10::uuid returning e.id)sql"},
    {"enable_endpoint", R"sql(
        with $TARGET,
        queue as (
            update webhook_queues q set $RELEASED, failures = 0, failing_since = null, retry_at = null, due_at = a.at
            from audit a where q.endpoint_id = $10::uuid)
        update webhook_endpoints e set status = 'enabled', reason = null, version = e.version + 1, updated_at = a.at
        from audit a where e.id = $10::uuid returning e.id)sql"},
    {"disable_endpoint", R"sql(
        with $TARGET,
        queue as (update webhook_queues q set $RELEASED, due_at = a.at from audit a where q.endpoint_id = $10::uuid)
        update webhook_endpoints e set status = 'disabled', reason = $12::text, version = e.version + 1, updated_at = a.at
        from audit a where e.id = $10::uuid returning e.id)sql"},
    {"remove_endpoint", R"sql(
        with $TARGET,
        secrets as (delete from webhook_secrets s using audit where s.endpoint_id = $10::uuid),
        queue as (update webhook_queues q set $RELEASED, due_at = a.at from audit a where q.endpoint_id = $10::uuid),
        waiting as (
            update webhook_deliveries d set status = 'cancelled'
            from audit where d.endpoint_id = $10::uuid and d.status = 'pending')
        update webhook_endpoints e set status = 'deleted', reason = $12::text, version = e.version + 1, updated_at = a.at
        from audit a where e.id = $10::uuid returning e.id)sql"},
    {"rotate_secret", R"sql(
        with $TARGET,
        gone as (
            delete from webhook_secrets s using audit a where s.endpoint_id = $10::uuid and s.expires_at <= a.at),
        before as (
            update webhook_secrets s set expires_at =
                case when s.expires_at is null then a.at + $14::int8 * interval '1 second' else a.at end
            from audit a where s.endpoint_id = $10::uuid and (s.expires_at is null or s.expires_at > a.at)),
        made as (
            insert into webhook_secrets (endpoint_id, number, sealed, created_at)
            select $10::uuid, $12::int2, $13::bytea, at from audit)
        update webhook_endpoints e set version = e.version + 1, updated_at = a.at
        from audit a where e.id = $10::uuid returning e.id)sql"},
});

constexpr auto kMeanings =
    std::to_array<Meaning>({{"$ENDPOINT", kEndpoint}, {"$TARGET", kTarget}, {"$RELEASED", kReleased}});

}  // namespace

Task<void> prepare_webhook_endpoint_statements(postgres::Connection& connection) {
    return prepare_change_log(connection, kStatements, kMeanings);
}

}  // namespace florin::store
