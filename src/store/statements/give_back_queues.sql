R"sql(
-- Gives back the queues $1 that are still held under their generation $2: $3 failures, $4 whether a try succeeded meanwhile,
-- $5 ms of back-off. A queue that was touched since it was taken has a delivery that this statement may not see.
with x as materialized (
    select * from unnest($1::uuid[], $2::int8[], $3::int4[], $4::bool[], $5::int8[])
        as x(endpoint_id, generation, failures, answered, back_off_ms)),
clock as materialized (select florin_now() as now),
held as materialized (
    select q.endpoint_id, x.failures, x.answered, k.now,
           case when x.failures > 0 then k.now + x.back_off_ms * interval '1 millisecond' end as retry_at
    from x join webhook_queues q on q.endpoint_id = x.endpoint_id and q.generation = x.generation cross join clock k
    order by q.endpoint_id for update of q),
next as materialized (
    select h.*, least((select d.due_at from webhook_deliveries d
                       where d.endpoint_id = h.endpoint_id and d.status = 'pending' and d.urgency = 0
                       order by d.due_at limit 1),
                      (select d.due_at from webhook_deliveries d
                       where d.endpoint_id = h.endpoint_id and d.status = 'pending' and d.urgency = 1
                       order by d.due_at limit 1)) as due_at
    from held h)
update webhook_queues q
set leased_until = null, failures = n.failures, retry_at = n.retry_at,
    failing_since = case when n.failures = 0 then null when n.answered then n.now else coalesce(q.failing_since, n.now) end,
    due_at = greatest(case when q.due_at < q.leased_until then least(q.due_at, n.due_at)
                           else coalesce(n.due_at, 'infinity') end, n.retry_at)
from next n where q.endpoint_id = n.endpoint_id
)sql"
