R"sql(
-- In commit order each balance is the one before it and the amount, the first one the amount: so all are the exact sums. An
-- overflow cannot be computed, and was refused when it was posted.
with {items},
walk as (
    select e.operation_id, e.kind, e.line, e.amount, e.balance_after, i.link,
           lag(e.balance_after, 1, 0::int8) over (partition by e.account_id, e.writer
                                                  order by i.link, i.position, e.kind, e.line) + e.amount as exact
    from ledger_entries e
    left join operation_results r on r.operation_id = e.operation_id and r.attempt = e.attempt
    left join items i on i.operation_id = r.operation_id and i.attempt = r.attempt and i.sequence = r.version)
select 'op_' || operation_id || ' journal ' || kind || ' line ' || line as subject,
       'its balance_after is ' || balance_after || ', the balance before it and its amount ' || amount || ' make '
           || exact as detail
from walk where balance_after <> exact
)sql"
