R"sql(
-- One pass of a relay: whoever moves the position writes, and nobody else does. $1 its name, $2 position as read, $3 as it will
-- be; $4 and $5 the cursors; $16 is 0 for what is delivered before the others. Of a merchant without endpoints an event costs
-- one look at an index.
with clock as materialized (select florin_now() as now),
moved as (update relays set position = $3::int8 where name = $1::text and position = $2::int8 returning position),
cursors as (
    insert into relay_cursors (relay, writer, link)
    select $1, c.writer, c.link from moved, unnest($4::int2[], $5::int8[]) as c(writer, link)
    on conflict (relay, writer) do update set link = excluded.link),
news as materialized (
    select e.* from moved, unnest($6::uuid[], $7::uuid[], $8::bool[], $9::text[], $10::uuid[], $11::int4[], $12::uuid[],
                                  $13::int2[], $14::int4[], $15::timestamptz[], $16::int2[])
        as e(id, merchant_id, live, type, payment_id, sequence, operation_id, attempt, version, created_at, urgency)),
fresh as (
    insert into events (id, merchant_id, live, type, payment_id, sequence, operation_id, attempt, version, created_at)
    select id, merchant_id, live, type, payment_id, sequence, operation_id, attempt, version, created_at from news),
deliveries as (
    insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at)
    select w.id, n.id, n.merchant_id, n.live, n.urgency, k.now, k.now
    from clock k cross join news n
    cross join lateral (
        select p.id from webhook_endpoints p
        where p.merchant_id = n.merchant_id and p.live = n.live and p.status = 'enabled'
            and (p.types = '{}' or n.type = any (p.types)) offset 0) w
    returning endpoint_id),
$TOUCH
select count(*) from moved
)sql"
