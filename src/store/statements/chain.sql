R"sql(
-- The batch's link: sha256(previous || digests of `linked` in order), with the number of the event that each is (0: none); none
-- where nothing is linked. Only this writer, which holds the lock on its number, appends to its chain.
head as materialized (
    select coalesce(max(link), 0) as link,
           coalesce((array_agg(hash))[1], '\x0000000000000000000000000000000000000000000000000000000000000000') as hash
    from (select link, hash from chain_links where writer = $1::int2 order by link desc limit 1) last),
chain as (
    insert into chain_links (writer, link, previous, hash, operation_ids, attempts, sequences, events, created_at)
    select $1::int2, h.link + 1, h.hash, sha256(h.hash || g.digests), g.operation_ids, g.attempts, g.sequences, g.events,
           florin_now()
    from head h, (select string_agg(digest, ''::bytea order by ord) as digests,
                         array_agg(operation_id order by ord) as operation_ids, array_agg(attempt order by ord) as attempts,
                         array_agg(version order by ord) as sequences, array_agg(event order by ord) as events from linked) g
    where g.digests is not null),
audit as (
    insert into payment_audit_log (operation_id, sequence, payment_id, attempt, actor, change, details, request_id, created_at)
    select operation_id, version, payment_id, attempt, actor, change, details, request_id, at
    from linked where change is not null)
)sql"
