R"sql(
-- In commit order each balance is the one before it and the amount, the first one the amount: so all are the exact sums. An
-- overflow cannot be computed, and was refused when it was posted. One number says where in the order, because
-- sorting by six columns takes longer. Its parts have room: a link has at most some thousand changes, a change few journals of few lines.
with {items},
placed as (
    select r.operation_id, r.attempt, (i.link << 32) + (i.position << 16) as place
    from operation_results r
    join items i on i.operation_id = r.operation_id and i.attempt = r.attempt and i.sequence = r.version),
walk as (
    select e.operation_id, e.kind, e.line, e.amount, e.balance_after,
           lag(e.balance_after, 1, 0::int8) over (partition by e.account_id, e.writer
                                                  order by p.place + (e.kind << 8) + e.line) + e.amount as exact
    from ledger_entries e
    left join placed p on p.operation_id = e.operation_id and p.attempt = e.attempt)
select 'op_' || operation_id || ' journal ' || kind || ' line ' || line as subject,
       'its balance_after is ' || balance_after || ', the balance before it and its amount ' || amount || ' make '
           || exact as detail
from walk where balance_after <> exact
)sql"
