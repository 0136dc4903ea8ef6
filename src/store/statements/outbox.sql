R"sql(
-- What a relay reads: of each writer the first links behind its cursor, expanded. $1 its name, $2 links per writer. A link whose
-- changes are no events, or that an older release made, is one row without an event.
with recursive writers as (
    (select writer from chain_links order by writer limit 1)
    union all
    select n.writer from writers w cross join lateral (
        select c.writer from chain_links c where c.writer > w.writer order by c.writer limit 1) n),
behind as materialized (
    select l.* from writers w
    left join relay_cursors r on r.relay = $1::text and r.writer = w.writer
    cross join lateral (
        select c.writer, c.link, c.operation_ids, c.attempts, c.sequences, c.events, c.created_at from chain_links c
        where c.writer = w.writer and c.link > coalesce(r.link, 0) order by c.link limit $2::int8) l)
select (select position from relays where name = $1), b.writer, b.link, b.created_at, i.event, i.operation_id, i.attempt,
       i.version, a.kind, r.outcome, split_part(l.change::text, '>', 2), q.id, q.merchant_id, q.live,
       i.event = 1 or exists (
           select from events e
           where e.payment_id = q.id and e.sequence = i.event - 1
               and e.id >= florin_month_bound((q.created_at - interval '31 days')::date))
from behind b
left join lateral unnest(b.operation_ids, b.attempts, b.sequences, b.events)
    as i(operation_id, attempt, version, event) on i.event > 0
left join operation_results r on r.operation_id = i.operation_id and r.attempt = i.attempt and r.version = i.version
left join interim_documents d on r.payment_id is null and d.operation_id = i.operation_id and d.version = i.version
left join payment_audit_log l on l.operation_id = d.operation_id and l.sequence = d.version
left join payments q on q.id = coalesce(r.payment_id, d.payment_id)
left join operations a on a.payment_id = q.id and a.operation_id = i.operation_id and a.attempt = i.attempt
order by b.writer, b.link
)sql"
