R"sql(
-- Results and journals of the winners p. Sums per account were made by the gateway ($31 accounts, $32 totals, `running`
-- within the batch): right when everybody won. Otherwise they are made again here, over the winners' lines only.
won as materialized (select count(*) as n from p),
results as (
    insert into operation_results (operation_id, attempt, payment_id, outcome, reason, http_status, psp, psp_reference,
                                   version, body, digest, writer, link, created_at)
    select operation_id, attempt, payment_id, outcome, reason, http_status, psp, reference,
           version, body, digest, $1, (select link + 1 from head), at from p),
lines as materialized (
    select * from unnest($33::int4[], $34::int4[], $35::int2[], $36::int2[], $37::int8[], $38::bpchar[], $39::uuid[],
                         $40::int8[])
        with ordinality as l(item, slot, kind, line, amount, currency, merchant_id, running, ord)),
totals as materialized (
    select slot::int4, account_id, total from unnest($31::uuid[], $32::int8[]) with ordinality as t(account_id, total, slot)
    where (select n from won) = cardinality($3::uuid[])
    union all
    select slot, ($31::uuid[])[slot],
           coalesce(sum(amount) filter (where (item in (select ord from p)) is true), 0)::int8
    from lines where (select n from won) between 1 and cardinality($3::uuid[]) - 1 group by slot),
balances as (
    update ledger_balances b set balance = b.balance + t.total from totals t
    where b.account_id = t.account_id and b.writer = $1 returning t.slot, b.balance - t.total as base),
base as materialized (select array_agg(base order by slot) as of_slot from balances),
entries as (
    insert into ledger_entries (operation_id, kind, line, attempt, account_id, merchant_id, amount, currency, writer,
                                balance_after, created_at)
    select ($3::uuid[])[item], kind, line, ($4::int2[])[item], ($31::uuid[])[slot], merchant_id, amount, currency, $1,
           ((select of_slot from base))[slot] + running, ($19::timestamptz[])[item]
    from lines where (select n from won) = cardinality($3::uuid[])
    union all
    select ($3::uuid[])[item], kind, line, ($4::int2[])[item], ($31::uuid[])[slot], merchant_id, amount, currency, $1,
           (((select of_slot from base))[slot] + sum(amount) over (partition by slot order by ord))::int8,
           ($19::timestamptz[])[item]
    from lines where (select n from won) between 1 and cardinality($3::uuid[]) - 1 and (item in (select ord from p)) is true)
)sql"
