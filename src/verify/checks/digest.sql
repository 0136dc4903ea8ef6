R"sql(
-- The canonical bytes of store/digest.hpp: 'florin-result-1' of a sale, 'florin-result-2' of every other operation. An altered
-- result, operation, journal line or audit row shows here. Lengths that never differ are spelled out; the lines are read in the
-- order of their index, and "offset 0" computes each digest once.
with journals as (
    select operation_id, min(attempt) as attempt,
           string_agg({kind::text} || {line::text} || E'36:' || account_id::text || E'\n' || {amount::text} || E'3:'
                          || currency::text || E'\n', '') as lines
    from (select * from ledger_entries order by operation_id, kind, line) e group by operation_id)
select 'pay_' || payment_id || ' op_' || operation_id || '-' || attempt as subject,
       'its digest is ' || encode(stored, 'hex') || ', that of its result, journal and audit row is '
           || encode(computed, 'hex') as detail
from (
    select r.payment_id, r.operation_id, r.attempt, r.digest as stored, sha256(convert_to(
               (E'15:florin-result-' || case o.kind when 'sale' then '1' else '2' end || E'\n36:' || r.payment_id::text
                   || E'\n36:' || r.operation_id::text || E'\n' || {r.attempt::text} || {r.outcome} || {r.reason}
                   || {r.http_status::text} || {r.psp} || {r.psp_reference} || {r.version::text}) || {r.body}
               || ({(extract(epoch from r.created_at) * 1000000)::int8::text} || {a.change::text} || {a.actor} || {a.details}
                   || {a.request_id::text}
                   || case when o.kind = 'sale' then '' else {o.kind} || {o.amount::text} || {o.currency::text}
                       || {coalesce((o.parameters -> 'multiple_captures')::bool, false)::text}
                       || {coalesce((o.parameters -> 'final')::bool, false)::text}
                       || {coalesce((o.parameters -> 'releases')::int8, 0)::text} || {o.parameters ->> 'reason'}
                       || {o.parameters ->> 'reverses'} end || coalesce(j.lines, '')), 'UTF8')) as computed
    from operation_results r
    left join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
    left join payment_audit_log a on a.operation_id = r.operation_id and a.sequence = r.version
    left join journals j on j.operation_id = r.operation_id and j.attempt = r.attempt
    offset 0) digests
where stored <> computed
)sql"
