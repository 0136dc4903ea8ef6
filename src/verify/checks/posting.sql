R"sql(
-- What each approved operation must post, by its kind: legs on the PSP's receivable and fees, on the merchant's payable and
-- the platform's fees, and on the two memo accounts. A reversal is looked at line by line in the check "reversal".
with owners as materialized (
    select id, case when starts_with(path, 'live:psp:') or starts_with(path, 'test:psp:')
                        then split_part(path, ':', 3) || ' ' || split_part(path, ':', 4) end as psp_account,
           case when path like '%:psp:%:receivable:%' or path like '%:psp:%:fees:%' then 1
                when path like '%:merchant:%:payable:%' or path like '%:platform:fees:%' then 2
                when path like '%:psp:%:authorized:%' then 3
                when path like '%:merchant:%:authorized:%' then 4 else 5 end as side
    from ledger_accounts),
posted as (
    select e.operation_id, e.attempt, e.kind, min(e.currency) as currency, min(a.psp_account) as psp_account,
           max(a.psp_account) as other_psp_account, bool_or(a.side = 5) as strange,
           coalesce(sum(e.amount) filter (where a.side = 1), 0) as psp,
           coalesce(sum(e.amount) filter (where a.side = 2), 0) as ours,
           coalesce(sum(e.amount) filter (where a.side = 3), 0) as psp_memo,
           coalesce(sum(e.amount) filter (where a.side = 4), 0) as merchant_memo
    from ledger_entries e join owners a on a.id = e.account_id
    group by e.operation_id, e.attempt, e.kind),
due as (
    select o.payment_id, o.operation_id, o.attempt, j.kind, o.currency, o.psp || ' ' || o.psp_account as psp_account, j.real, j.memo
    from operations o
    join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt and r.outcome = 'approved'
    join (values ('sale', 1, 1, 0), ('authorize', 2, 0, 1), ('capture', 1, 1, 0), ('capture', 3, 0, -1), ('void', 3, 0, -1),
                 ('expire', 3, 0, -1), ('refund', 4, -1, 0), ('capture_failure', 5, -1, 0), ('capture_failure', 2, 0, 1),
                 ('refund_failure', 6, 1, 0)) as rule(operation, kind, real, memo) on rule.operation = o.kind
    cross join lateral (select rule.kind::int2 as kind, rule.real * o.amount as real, rule.memo * (o.amount
        + case rule.memo when -1 then coalesce((o.parameters -> 'releases')::int8, 0) else 0 end) as memo) j)
select concat('pay_' || d.payment_id || ' ', 'op_', coalesce(d.operation_id, p.operation_id), '-', coalesce(d.attempt, p.attempt),
              ' journal ', coalesce(d.kind, p.kind)) as subject,
       case when d.operation_id is null then 'its operation, of its kind and outcome, posts no such journal'
            when p.operation_id is null then 'it was approved, but this journal is missing'
            when p.currency <> d.currency then 'it is in ' || p.currency || ', its operation in ' || d.currency
            when p.strange then 'it has a line on an account that is neither the PSP''s, the merchant''s nor the platform''s'
            when p.psp_account <> d.psp_account or p.other_psp_account <> d.psp_account
                then 'it is on ' || p.psp_account || ', its operation on ' || d.psp_account
            when (p.psp, p.ours, p.psp_memo, p.merchant_memo) <> (d.real, -d.real, d.memo, -d.memo)
                then concat('it posts ', p.psp, ' to what the PSP owes and keeps and ', p.psp_memo, ' to what it holds; the operation makes ',
                            d.real, ' and ', d.memo) end as detail
from due d full join posted p on p.operation_id = d.operation_id and p.attempt = d.attempt and p.kind = d.kind
)sql"
