R"sql(
-- Queues of endpoints that are not enabled ($1, taken under the generations $2) rest, unless they were touched since. What a
-- deleted one still has is cancelled, so many at a time.
with x as materialized (select * from unnest($1::uuid[], $2::int8[]) as x(endpoint_id, generation)),
doomed as materialized (
    select d.endpoint_id, d.event_id from x join webhook_endpoints p on p.id = x.endpoint_id and p.status = 'deleted'
    join webhook_deliveries d on d.endpoint_id = x.endpoint_id and d.status = 'pending' limit 2000),
cancelled as (
    update webhook_deliveries d set status = 'cancelled' from doomed c
    where d.endpoint_id = c.endpoint_id and d.event_id = c.event_id
        and d.status <> all ('{delivered,failed,cancelled}'))
update webhook_queues q
set leased_until = null,
    due_at = case when q.due_at < q.leased_until then q.due_at
                  when exists (select from doomed c where c.endpoint_id = q.endpoint_id) then florin_now() else 'infinity' end
from x where q.endpoint_id = x.endpoint_id and q.generation = x.generation
)sql"
