R"sql(
-- Late truth: each late success that was not adopted has the one operation that answers it, and each such operation its late
-- success; what is not undone yet, and nothing else, is in standing_late_charges; the accounts that late charges pass through are
-- zero.
select 'op_' || l.operation_id || '-' || l.attempt as subject,
       case when c.operation_id is null
                then 'op_' || l.compensated_by || ', which answered its late success, does not exist'
            when c.kind not in ('late_void', 'late_refund', 'late_suspense')
                then 'its late success was answered by a ' || c.kind
            when c.parameters ->> 'late' is distinct from 'op_' || l.operation_id || '-' || l.attempt
                then concat('op_', l.compensated_by, ' answered its late success and names ',
                            coalesce(c.parameters ->> 'late', 'none'))
            when c.parameters ->> 'late_reference' is distinct from l.psp_reference
                then concat('its late success is ', l.psp_reference, ', its answer is about ', c.parameters ->> 'late_reference')
            when r.operation_id is null then 'its success came late, but it is open' end as detail
from late_charges l
left join lateral (select * from operations where payment_id = l.payment_id and operation_id = l.compensated_by and attempt = 1
                   offset 0) c on true
left join lateral (select operation_id from operation_results where operation_id = l.operation_id and attempt = l.attempt
                   offset 0) r on true
where l.compensated_by is not null
union all
select 'pay_' || o.payment_id || ' op_' || o.operation_id,
       case when l.operation_id is null then 'it is a ' || o.kind || ', but no late success is recorded with it' end
from operations o left join late_charges l on l.compensated_by = o.operation_id
where o.attempt = 1 and o.kind in ('late_void', 'late_refund', 'late_suspense')
union all
select 'pay_' || l.payment_id || ' op_' || l.compensated_by,
       case when s.operation_id is null then 'its late charge stands and is not in standing_late_charges' end
from late_charges l
cross join lateral (select kind, attempt from operations where payment_id = l.payment_id and operation_id = l.compensated_by
                    order by attempt desc limit 1) c
left join lateral (select outcome from operation_results where operation_id = l.compensated_by and attempt = c.attempt
                   offset 0) r on true
left join standing_late_charges s on s.operation_id = l.compensated_by
where c.kind <> 'late_suspense' and coalesce(r.outcome, 'not_executed') = 'not_executed'
union all
-- The worker removes what ended at its next look.
select 'pay_' || s.payment_id || ' op_' || s.operation_id,
       case when c.kind is null
                then concat('it is in standing_late_charges and undoes nothing at ', s.psp, ' ', s.psp_account)
            when r.outcome is not null then 'it ended as ' || r.outcome || ' and is in standing_late_charges' end
from standing_late_charges s
left join lateral (select kind, attempt from operations
                   where payment_id = s.payment_id and operation_id = s.operation_id and psp = s.psp
                       and psp_account = s.psp_account and kind in ('late_void', 'late_refund')
                   order by attempt desc limit 1) c on true
left join lateral (select outcome from operation_results
                   where operation_id = s.operation_id and attempt = c.attempt and outcome <> 'not_executed'
                       and created_at < florin_now() - interval '1 hour' offset 0) r on true
union all
select a.path, case when sum(b.balance) <> 0 then 'its balance is ' || sum(b.balance) end
from ledger_accounts a join ledger_balances b on b.account_id = a.id
where a.merchant_id is null and (a.path like '%:late_charges:%' or a.path like '%:late_holds:%') group by a.path
union all
select 'op_' || w.operation_id || '-' || w.attempt,
       case when o.operation_id is null
                then 'it is watched and is no attempt of pay_' || w.payment_id || ' at ' || w.psp || ' ' || w.psp_account
            when r.operation_id is null then 'it is watched as closed and is open' end
from watched_attempts w
left join lateral (select operation_id from operations where payment_id = w.payment_id and operation_id = w.operation_id
                       and attempt = w.attempt and psp = w.psp and psp_account = w.psp_account offset 0) o on true
left join lateral (select operation_id from operation_results where operation_id = w.operation_id and attempt = w.attempt
                   offset 0) r on true
)sql"
