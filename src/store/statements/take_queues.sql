R"sql(
-- Takes due queues for $1 ms: up to $2 of endpoints that answer, up to $3 of those that fail. One that is being touched or given
-- back is left for the next time. With each comes what is due of it: up to $4 deliveries, urgent ones first; of an endpoint that
-- fails the one that waits longest, so that no delivery that always fails stands before the others.
with clock as materialized (select florin_now() as now),
answering as materialized (
    select q.endpoint_id from webhook_queues q
    where q.failures = 0 and q.due_at <= (select now from clock)
        and (q.leased_until is null or q.leased_until <= (select now from clock))
    order by q.due_at limit $2::int8 for update skip locked),
failing as materialized (
    select q.endpoint_id from webhook_queues q
    where q.failures > 0 and q.due_at <= (select now from clock)
        and (q.leased_until is null or q.leased_until <= (select now from clock))
    order by q.due_at limit $3::int8 for update skip locked),
taken as (
    update webhook_queues q
    set generation = q.generation + 1, leased_until = k.now + $1::int8 * interval '1 millisecond',
        due_at = k.now + $1 * interval '1 millisecond'
    from (select endpoint_id from answering union all select endpoint_id from failing) t cross join clock k
    where q.endpoint_id = t.endpoint_id
    returning q.endpoint_id, q.generation, q.failures,
              coalesce((extract(epoch from k.now - q.failing_since) * 1000)::int8, 0) as failing_ms)
select t.endpoint_id, t.generation, p.merchant_id, p.live, p.url, t.failures, t.failing_ms, p.status = 'enabled',
       v.event_id, v.tries, coalesce((extract(epoch from k.now - v.first_try_at) * 1000)::int8, 0), $TOLD_COLUMNS
from clock k cross join taken t join webhook_endpoints p on p.id = t.endpoint_id
left join lateral (
    select * from (
        (select * from webhook_deliveries
         where endpoint_id = t.endpoint_id and status = 'pending' and urgency = 0 and due_at <= k.now
         order by due_at limit $4::int8)
        union all
        (select * from webhook_deliveries
         where endpoint_id = t.endpoint_id and status = 'pending' and urgency = 1 and due_at <= k.now
         order by due_at limit $4::int8)) due
    order by case when t.failures = 0 then urgency else 0 end, due_at
    limit case when t.failures = 0 then $4 else 1 end) v on p.status = 'enabled'
left join events e on e.merchant_id = v.merchant_id and e.live = v.live and e.id = v.event_id
$TOLD
order by t.endpoint_id, v.urgency, v.due_at
)sql"
