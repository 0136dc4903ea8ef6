R"sql(
-- The notice $4 of the body $8 to the endpoint $5 of merchant $6 and mode $7, alone. $1 the relay's name, $2 its position as
-- read, $3 as it will be.
with clock as materialized (select florin_now() as now),
target as materialized (
    select id, merchant_id, live from webhook_endpoints
    where id = $5::uuid and merchant_id = $6::uuid and live = $7::bool and status = 'enabled' for share),
moved as (
    update relays set position = $3::int8 where name = $1::text and position = $2::int8 and exists (select from target)
    returning position),
fresh as (
    insert into events (id, merchant_id, live, type, body, created_at)
    select $4::uuid, t.merchant_id, t.live, 'webhook_endpoint.test', $8::text, k.now
    from target t cross join moved cross join clock k),
deliveries as (
    insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at)
    select t.id, $4, t.merchant_id, t.live, 1, k.now, k.now from target t cross join moved cross join clock k
    returning endpoint_id),
$TOUCH
select (select count(*) from target), (select count(*) from moved)
)sql"
