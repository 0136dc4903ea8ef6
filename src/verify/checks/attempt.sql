R"sql(
-- Attempts count from 1; only one that provably was not executed is followed by another; the last has a result or is open.
with walk as (
    select o.*, row_number() over w as place, lead(attempt) over w as next, first_value(kind) over w as first_kind,
           first_value(amount) over w as first_amount, first_value(currency) over w as first_currency
    from operations o window w as (partition by payment_id, operation_id order by attempt))
select 'pay_' || o.payment_id || ' op_' || o.operation_id || '-' || o.attempt as subject,
       case when p.id is null then 'its payment does not exist'
            when o.attempt <> o.place then 'it is number ' || o.place || ' of its operation'
            when o.next is not null and r.outcome is distinct from 'not_executed'
                then 'it is followed by attempt ' || o.next || ' and ' || coalesce('ended as ' || r.outcome, 'has no result')
            when o.next is null and r.operation_id is null and n.operation_id is null
                then 'it has neither a result nor an open row'
            when (o.kind, o.amount, o.currency) <> (o.first_kind, o.first_amount, o.first_currency)
                then concat_ws(' ', 'it is a', o.kind, 'of', o.amount, o.currency, 'and attempt 1 a', o.first_kind, 'of',
                               o.first_amount, o.first_currency)
            when o.kind in ('sale', 'authorize') and o.amount <> p.amount
                then concat_ws(' ', 'it is of', o.amount, o.currency, 'and its payment of', p.amount, p.currency)
            when o.currency <> p.currency and ({refused}) is not true
                then 'it is in ' || o.currency || ', its payment in ' || p.currency
            when r.psp <> o.psp then 'its PSP is ' || o.psp || ', that of its result is ' || r.psp
            when r.payment_id <> o.payment_id then 'its result is of pay_' || r.payment_id end as detail
from walk o
left join payments p on p.id = o.payment_id
left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt
left join open_operations n on n.operation_id = o.operation_id and n.attempt = o.attempt
)sql"
