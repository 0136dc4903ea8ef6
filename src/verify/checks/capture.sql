R"sql(
-- Each approved sale has exactly one journal, whose legs on the receivable and fees of its PSP account are its amount.
with posted as (
    select r.payment_id, r.operation_id, r.attempt, o.amount, o.currency, count(distinct e.kind) as journals,
           min(e.kind) as kind,
           coalesce(sum(e.amount) filter (where starts_with(a.path, concat(
               case when p.live then 'live' else 'test' end, ':psp:', o.psp, ':', o.psp_account, ':'))), 0) as owed
    from operation_results r
    join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
    join payments p on p.id = r.payment_id
    left join ledger_entries e on e.operation_id = r.operation_id and e.attempt = r.attempt and e.currency = o.currency
    left join ledger_accounts a on a.id = e.account_id
    where r.outcome = 'approved'
    group by r.payment_id, r.operation_id, r.attempt, o.amount, o.currency)
select 'pay_' || payment_id || ' op_' || operation_id || '-' || attempt as subject,
       case when journals <> 1 then 'it was approved and has ' || journals || ' journals in ' || currency
            when kind <> 1 then 'its journal is of kind ' || kind || ' instead of 1, a capture'
            when owed <> amount
                then 'its journal says that the PSP owes and keeps ' || owed || ', the operation is of ' || amount end as detail
from posted
)sql"
