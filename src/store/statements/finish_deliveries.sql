R"sql(
-- What came of tries of $1 endpoints and $2 events that had $3 tries before: $4 is 0 delivered, 1 again after $5 ms, 2 given up;
-- $6 the HTTP status, $7 what went wrong. Where somebody else has written meanwhile, nothing is. Answers also which queues are no
-- longer those of their generation $8. That a delivery is pending is not said plainly: an empty month's plan would take the index
-- of those that are due, and walk through all of an endpoint's.
with x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::int2[], $5::int8[], $6::int2[], $7::text[], $8::int8[])
        as x(endpoint_id, event_id, tries, ending, delay_ms, status, error, generation)),
clock as materialized (select florin_now() as now),
written as (
    update webhook_deliveries d
    set status = case x.ending when 0 then 'delivered' when 1 then 'pending' else 'failed' end, tries = d.tries + 1,
        first_try_at = coalesce(d.first_try_at, k.now), last_try_at = k.now, last_status = x.status, last_error = x.error,
        due_at = case x.ending when 1 then k.now + x.delay_ms * interval '1 millisecond' else d.due_at end,
        delivered_at = case x.ending when 0 then k.now end
    from x cross join clock k
    where d.endpoint_id = x.endpoint_id and d.event_id = x.event_id and d.tries = x.tries
        and d.status <> all ('{delivered,failed,cancelled}')
    returning d.event_id)
select (select count(*) from written), lost.endpoint_id, lost.generation
from (select) one left join (
    select distinct x.endpoint_id, x.generation from x join webhook_queues q on q.endpoint_id = x.endpoint_id
    where q.generation <> x.generation) lost on true
)sql"
