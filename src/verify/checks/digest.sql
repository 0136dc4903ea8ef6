R"sql(
-- The canonical bytes 'florin-result-1': what store/digest.hpp says. An altered result, journal line or audit row shows here.
-- Materialized: otherwise each parallel worker aggregates all entries for itself. Sorted once, not in each group. "offset 0":
-- computed once.
with journals as materialized (
    select operation_id, attempt, string_agg(concat({kind::text}, {line::text}, {account_id::text}, {amount::text},
                                                    {currency::text}), '') as lines
    from (select * from ledger_entries order by operation_id, attempt, kind, line) e group by operation_id, attempt)
select 'pay_' || payment_id || ' op_' || operation_id || '-' || attempt as subject,
       'its digest is ' || encode(stored, 'hex') || ', that of its result, journal and audit row is '
           || encode(computed, 'hex') as detail
from (
    select r.payment_id, r.operation_id, r.attempt, r.digest as stored, sha256(convert_to(concat(
               {'florin-result-1'}, {r.payment_id::text}, {r.operation_id::text}, {r.attempt::text}, {r.outcome}, {r.reason},
               {r.http_status::text}, {r.psp}, {r.psp_reference}, {r.version::text}, {r.body},
               {(extract(epoch from r.created_at) * 1000000)::int8::text},
               {a.change::text}, {a.actor}, {a.details}, {a.request_id::text}, j.lines), 'UTF8')) as computed
    from operation_results r
    left join payment_audit_log a on a.operation_id = r.operation_id and a.sequence = r.version
    left join journals j on j.operation_id = r.operation_id and j.attempt = r.attempt
    offset 0) digests
where stored <> computed
)sql"
