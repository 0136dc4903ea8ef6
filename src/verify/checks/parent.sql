R"sql(
-- What foreign keys would say. Attempts and open rows are looked at by the checks of their own.
with late_results as materialized (
    select operation_id, attempt, outcome from operation_results where operation_id in (select operation_id from late_charges))
select 'pay_' || p.id as subject, 'its merchant ' || p.merchant_id || ' does not exist' as detail
from payments p left join merchants m on m.id = p.merchant_id where m.id is null
union all
-- What a merchant asked has the key that it was asked under; what we began ourselves has none.
select 'pay_' || o.payment_id || ' op_' || o.operation_id,
       'it is a ' || o.kind || ' with ' || coalesce(k.keys, 0) || ' idempotency keys'
from operations o
left join (select operation_id, count(*) as keys from idempotency_keys group by operation_id) k on k.operation_id = o.operation_id
where o.attempt = 1
  and coalesce(k.keys, 0) <> case when o.kind in ('expire', 'capture_failure', 'refund_failure', 'late_void', 'late_refund',
                                                       'late_suspense') then 0 else 1 end
union all
select 'key ' || k.key || ' of ' || k.merchant_id,
       case when p.id is null then 'its payment pay_' || k.payment_id || ' does not exist'
            when o.operation_id is null then 'its operation op_' || k.operation_id || ' has no attempt 1'
            when (k.merchant_id, k.live) <> (p.merchant_id, p.live)
                then 'its merchant or mode is not that of pay_' || p.id end
from idempotency_keys k
left join payments p on p.id = k.payment_id
left join operations o on o.payment_id = k.payment_id and o.operation_id = k.operation_id and o.attempt = 1
union all
-- What the checks of one payment do not see, because it is of no operation at all. Read in the order of the keys, which is the
-- indexes' alone.
select 'op_' || r.operation_id || '-' || r.attempt, 'its result has no attempt of any payment'
from (select operation_id, attempt from operation_results order by operation_id, attempt) r
left join operations o on o.operation_id = r.operation_id and o.attempt = r.attempt
where o.operation_id is null
union all
select 'op_' || e.operation_id, 'its journal lines are of no result'
from (select distinct on (operation_id) operation_id from ledger_entries order by operation_id) e
left join operation_results r on r.operation_id = e.operation_id
where r.operation_id is null
union all
select 'op_' || a.operation_id || ' sequence ' || a.sequence, 'the change of status is of no operation'
from (select operation_id, sequence from payment_audit_log order by operation_id, sequence) a
left join operations o on o.operation_id = a.operation_id
where o.operation_id is null
union all
select 'op_' || l.operation_id || '-' || l.attempt,
       case when r.outcome is distinct from 'not_executed'
                then 'its charge came late, but its result is ' || coalesce(r.outcome, 'none')
            when l.adopted_by <> l.attempt + 1 or a.outcome is distinct from 'approved'
                then 'attempt ' || l.adopted_by || ' adopted its late charge and is ' || coalesce(a.outcome, 'open') end
from late_charges l
left join late_results r on r.operation_id = l.operation_id and r.attempt = l.attempt
left join late_results a on a.operation_id = l.operation_id and a.attempt = l.adopted_by
where l.adopted_by is not null
)sql"
