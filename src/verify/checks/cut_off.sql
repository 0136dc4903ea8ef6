R"sql(
-- The books as they stood at {as_of}: what each writer had committed by then. Its accounts' balances of that time are the sums of
-- their entries up to it, and over all accounts of one mode and currency nothing is left.
with {items},
reached as (select writer, max(link) as link from chain_links where created_at <= {as_of} group by writer),
then_posted as materialized (
    select e.*, i.link, i.position
    from ledger_entries e
    join operation_results r on r.operation_id = e.operation_id and r.attempt = e.attempt
    join items i on i.operation_id = r.operation_id and i.attempt = r.attempt and i.sequence = r.version
    join reached c on c.writer = i.writer and i.link <= c.link),
stood as (
    select account_id, writer, sum(amount) as total,
           (array_agg(balance_after order by link desc, position desc, kind desc, line desc))[1] as balance
    from then_posted group by account_id, writer)
select a.path || ' writer ' || s.writer as subject,
       case when s.balance <> s.total
                then 'its balance was ' || s.balance || ', its entries up to then sum to ' || s.total end as detail
from stood s left join ledger_accounts a on a.id = s.account_id
union all
select 'all accounts, live = ' || a.live || ', ' || t.currency,
       case when sum(t.amount) <> 0 then 'they summed to ' || sum(t.amount) || ' instead of 0' end
from then_posted t join ledger_accounts a on a.id = t.account_id group by a.live, t.currency
)sql"
