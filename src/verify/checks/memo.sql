R"sql(
-- Held exactly once, released exactly once: what a payment's authorizations posted, less what was released, is what it holds.
with memo as (
    select r.payment_id, sum(e.amount) filter (where a.merchant_id is null) as held,
           sum(e.amount) filter (where a.merchant_id is not null) as owed
    from ledger_entries e
    join ledger_accounts a on a.id = e.account_id
    join operation_results r on r.operation_id = e.operation_id and r.attempt = e.attempt
    where e.kind in (2, 3) group by r.payment_id)
select 'pay_' || p.id as subject,
       case when h.held <> coalesce(m.held, 0) or h.held <> -coalesce(m.owed, 0)
                then concat('it holds ', h.held, ', its authorizations less its releases are ', coalesce(m.held, 0), ' and ',
                            coalesce(m.owed, 0)) end as detail
from payments p
cross join lateral (select p.authorized - p.captured - p.voided - p.expired as held) h
left join memo m on m.payment_id = p.id
)sql"
