R"sql(
-- A success that the PSP took back: recorded once, by an operation that names it, with the opposite of each of its lines.
-- Reversals are few: each is looked at by primary keys (lateral, which `offset 0` keeps), not by joins over whole tables.
with reversals as (
    select v.operation_id, v.reversed_by, v.payment_id, o.kind as reversed_kind, o.amount, o.currency, f.kind,
           f.amount as failed_amount, f.currency as failed_currency, f.parameters ->> 'reverses' as reverses, r.outcome,
           q.outcome as failed_outcome, r.attempt
    from operation_reversals v
    left join lateral (select * from operation_results where operation_id = v.operation_id and outcome = 'approved'
                       offset 0) r on true
    left join lateral (select * from operations where payment_id = v.payment_id and operation_id = v.operation_id
                       and attempt = r.attempt offset 0) o on true
    left join lateral (select * from operations where payment_id = v.payment_id and operation_id = v.reversed_by
                       and attempt = 1 offset 0) f on true
    left join lateral (select * from operation_results where operation_id = v.reversed_by and attempt = 1
                       offset 0) q on true)
select 'pay_' || payment_id || ' op_' || reversed_by as subject,
       case when outcome is null or reversed_kind is null
                then 'it reverses op_' || operation_id || ', which is no approved operation of this payment'
            when kind is null or failed_outcome is distinct from 'approved'
                then 'it reverses op_' || operation_id || ' and is not recorded'
            when kind is distinct from reversed_kind || '_failure'
                then 'it is a ' || kind || ' and reverses a ' || reversed_kind
            when reverses is distinct from 'op_' || operation_id
                then concat('it reverses op_', operation_id, ' and names ', coalesce(reverses, 'none'))
            when (failed_amount, failed_currency) <> (amount, currency)
                then concat_ws(' ', 'it is of', failed_amount, failed_currency, 'and what it reverses of', amount,
                               currency) end as detail
from reversals
union all
select 'pay_' || o.payment_id || ' op_' || o.operation_id,
       case when v.operation_id is null then 'it is a ' || o.kind || ', but no reversal is recorded with it' end
from operations o left join operation_reversals v on v.reversed_by = o.operation_id
where o.kind in ('capture_failure', 'refund_failure')
union all
select 'pay_' || coalesce(b.payment_id, w.payment_id) || ' op_' || coalesce(b.reversed_by, w.reversed_by) || ' line '
           || coalesce(b.line, w.line),
       case when w.line is null then 'what it reverses has no such line'
            when b.line is null then 'this line of what it reverses is not reversed'
            when (b.account_id, b.currency) <> (w.account_id, w.currency)
                then 'it is on another account than the line that it reverses'
            when b.amount <> -w.amount then 'it is ' || b.amount || ', the line that it reverses is ' || w.amount end
from (select v.payment_id, v.reversed_by, e.* from operation_reversals v
      cross join lateral (select * from ledger_entries where operation_id = v.reversed_by and kind in (5, 6)
                          offset 0) e) b
full join (select v.payment_id, v.reversed_by, e.* from operation_reversals v
           cross join lateral (select * from ledger_entries where operation_id = v.operation_id and kind in (1, 4)
                               offset 0) e) w
    on w.reversed_by = b.reversed_by and w.line = b.line
)sql"
