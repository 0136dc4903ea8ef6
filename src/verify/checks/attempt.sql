R"sql(
-- Attempts count from 1; only one that provably was not executed is followed by another; the last has a result or is open. All
-- ask for the same, of a known kind, with parameters that the kind and the payment allow.
with legal(kind, members) as (values
    ('sale', array[]::text[]), ('authorize', array['multiple_captures']), ('capture', array['final', 'releases']),
    ('void', array[]::text[]), ('refund', array['reason']), ('expire', array[]::text[]),
    ('capture_failure', array['reverses']), ('refund_failure', array['reverses'])),
walk as (
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
            when r.payment_id <> o.payment_id then 'its result is of pay_' || r.payment_id
            when l.kind is null then 'its kind ' || o.kind || ' is unknown'
            when jsonb_typeof(o.parameters) <> 'object' or o.parameters - l.members <> jsonb_build_object()
                then 'a ' || o.kind || ' has no such parameters: ' || o.parameters::text
            when o.kind in ('sale', 'authorize') and p.capture <> (o.kind = 'sale')
                then 'it is a ' || o.kind || ', its payment says capture = ' || p.capture
            when (o.parameters -> 'releases')::int8 < 1 or o.parameters ? 'releases' and o.parameters -> 'final' is distinct from 'true'
                then 'only a final capture releases, and at least 1: ' || o.parameters::text
            when o.kind = 'capture' and o.parameters -> 'final' is distinct from 'true' and not p.multiple_captures
                and ({refused}) is not true
                then 'its payment takes one capture, and it is not final'
            when o.kind in ('capture_failure', 'refund_failure') and not coalesce(o.parameters ? 'reverses', false)
                then 'it names nothing that it reverses'
            when o.amount < 1 and ({refused}) is not true then 'its amount is ' || o.amount end as detail
from walk o
left join payments p on p.id = o.payment_id
left join legal l on l.kind = o.kind
left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt
left join open_operations n on n.operation_id = o.operation_id and n.attempt = o.attempt
)sql"
