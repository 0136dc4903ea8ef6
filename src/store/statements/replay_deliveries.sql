R"sql(
-- Makes deliveries to the endpoint $10 due as if they were new, behind all that is urgent. What is looked at is (id, is_wanted),
-- in the order of the ids, behind $11 and up to $12, at the most $13 of them; no more become pending than $14 in all. Writes its
-- row of the audit log, with what it did, or nothing.
with clock as materialized (select florin_now() as now),
target as materialized (select id, merchant_id, live, types from webhook_endpoints where id = $10::uuid and status = 'enabled'),
room as materialized (
    select $14::int8 - count(*) as free from (
        select from webhook_deliveries where endpoint_id = $10 and status = 'pending' limit $14) pending),
looked as materialized ($LOOKED),
chosen as materialized (select id from looked where is_wanted order by id limit (select free from room)),
did as materialized (
    select c.count, l.count = $13::int8 or c.count = (select free from room) as has_more,
           case when c.count = (select free from room) then c.last else l.last end as last
    from (select count(*) as count, (select id from chosen order by id desc limit 1) as last from chosen) c
    cross join (select count(*) as count, (select id from looked order by id desc limit 1) as last from looked) l),
audit as (
    insert into admin_audit_log
        (id, at, actor, action, subject, merchant_id, live, details, idempotency_key, fingerprint)
    select $1::uuid, k.now, $2::text, $3::text, $4::text, $5::uuid, $6::bool,
           $7::jsonb || jsonb_build_object('deliveries', d.count, 'has_more', d.has_more, 'last', d.last), $8::text, $9::bytea
    from target cross join clock k cross join did d where (select free from room) > 0
    on conflict do nothing returning at),
deliveries as (
    insert into webhook_deliveries as d (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at)
    select t.id, c.id, t.merchant_id, t.live, 1, k.now, k.now
    from audit cross join clock k cross join target t cross join chosen c
    on conflict (endpoint_id, event_id) do update
    set status = 'pending', tries = 0, urgency = 1, due_at = excluded.due_at, first_try_at = null, delivered_at = null
    where d.status <> 'pending'
    returning endpoint_id),
$TOUCH
select (select count(*) from target), (select free from room), (select count(*) from audit), d.count, d.has_more, d.last
from did d
)sql"
