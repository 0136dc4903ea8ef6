R"sql(
-- Disables the endpoint $5 for the reason $6, with the notice $4 of the body $7 to the merchant's other endpoints, and its row of
-- the audit log $8 with the details $9. $1 the relay's name, $2 its position as read, $3 as it will be.
with clock as materialized (select florin_now() as now),
target as materialized (select id from webhook_endpoints where id = $5::uuid and status = 'enabled' for update),
moved as (
    update relays set position = $3::int8 where name = $1::text and position = $2::int8 and exists (select from target)
    returning position),
disabled as (
    update webhook_endpoints p
    set status = 'disabled', reason = $6::text, version = p.version + 1, updated_at = k.now
    from target t cross join moved m cross join clock k where p.id = t.id
    returning p.id, p.merchant_id, p.live),
rested as (
    update webhook_queues q
    set due_at = 'infinity', leased_until = null, generation = q.generation + 1, failures = 0, failing_since = null, retry_at = null
    from disabled d where q.endpoint_id = d.id),
audit as (
    insert into admin_audit_log (id, at, actor, action, subject, merchant_id, live, details)
    select $8::uuid, k.now, 'florin', 'webhook_endpoint.disable', 'we_' || d.id, d.merchant_id, d.live, $9::jsonb
    from disabled d cross join clock k),
fresh as (
    insert into events (id, merchant_id, live, type, body, created_at)
    select $4::uuid, d.merchant_id, d.live, 'webhook_endpoint.disabled', $7::text, k.now from disabled d cross join clock k),
deliveries as (
    insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at)
    select p.id, $4, d.merchant_id, d.live, 1, k.now, k.now
    from clock k cross join disabled d join webhook_endpoints p on p.merchant_id = d.merchant_id and p.live = d.live
    where p.id <> d.id and p.status = 'enabled' and (p.types = '{}' or 'webhook_endpoint.disabled' = any (p.types))
    returning endpoint_id),
$TOUCH
select (select count(*) from target), (select count(*) from moved)
)sql"
