R"sql(
-- Sums over all that is settled: what the PSP took and did not give back, what the payments say, what the ledger says that the
-- PSP owes us or kept as its fee.
with settled as (select * from deep_books where is_whole and not is_open and not is_moving),
booked as (select currency, sum(captured - refunded) as net from settled group by currency),
taken as (
    select d.currency, sum(d.captured - d.returned) as net
    from deep_object d join settled s on s.id = d.payment_id
    where not coalesce(d.is_being_compensated, false) group by d.currency),
posted as (
    select e.currency::text as currency, sum(e.amount) as net
    from settled s
    join (select distinct payment_id, operation_id from operations) o on o.payment_id = s.id
    join ledger_entries e on e.operation_id = o.operation_id
    join ledger_accounts a on a.id = e.account_id
    where a.path like '%:psp:%' and (a.path like '%:receivable:%' or a.path like '%:fees:%')
    group by e.currency)
select coalesce(b.currency, t.currency, p.currency) as subject,
       concat('captured less refunded are ', coalesce(t.net, 0), ' at the PSP, ', coalesce(b.net, 0), ' in the payments and ',
              coalesce(p.net, 0), ' in the ledger') as detail
from booked b full join taken t on t.currency = b.currency full join posted p on p.currency = coalesce(b.currency, t.currency)
where coalesce(b.net, 0) <> coalesce(t.net, 0) or coalesce(b.net, 0) <> coalesce(p.net, 0)
)sql"
