R"sql(
-- A change with a result is covered by the result's stored digest (the check "digest" compares that with the rows); one
-- without has the digest of its audit row and its document, the canonical bytes 'florin-change-2'; in links of older releases
-- that of its audit row alone, 'florin-change-1'.
with {items},
covered as (
    select i.writer, i.link,
           string_agg(coalesce(r.digest, sha256(convert_to(concat(
               {case when d.body is null then 'florin-change-1' else 'florin-change-2' end}, {a.payment_id::text},
               {a.operation_id::text}, {a.attempt::text}, {a.sequence::text}, {a.change::text}, {a.actor}, {a.details},
               {a.request_id::text}, {(extract(epoch from a.created_at) * 1000000)::int8::text},
               case when d.body is not null then {d.body} end), 'UTF8'))), ''::bytea order by i.position) as digests,
           string_agg('op_' || a.operation_id || ' sequence ' || a.sequence, ', ' order by i.position)
               filter (where r.operation_id is null) as changes
    from items i
    left join operation_results r on r.operation_id = i.operation_id and r.attempt = i.attempt and r.version = i.sequence
    left join payment_audit_log a on a.operation_id = i.operation_id and a.sequence = i.sequence
    left join interim_documents d on d.operation_id = i.operation_id and d.version = i.sequence
    group by i.writer, i.link),
walk as (
    select writer, link, previous, hash, lag(link, 1, 0::int8) over w as link_before,
           lag(hash, 1, '\x0000000000000000000000000000000000000000000000000000000000000000') over w as hash_before
    from chain_links window w as (partition by writer order by link))
select 'writer ' || w.writer || ' link ' || w.link as subject,
       case when w.link <> w.link_before + 1 then 'the link before it is ' || w.link_before
            when w.previous <> w.hash_before
                then 'its previous is ' || encode(w.previous, 'hex') || ', the hash of the link before it is '
                     || encode(w.hash_before, 'hex')
            when c.writer is null then 'it names no change'
            when w.hash <> sha256(w.previous || c.digests)
                then 'its hash is ' || encode(w.hash, 'hex') || ', that of its changes is '
                     || encode(sha256(w.previous || c.digests), 'hex')
                     || coalesce('; only this hash covers ' || left(c.changes, 10000), '') end as detail
from walk w left join covered c on c.writer = w.writer and c.link = w.link
)sql"
