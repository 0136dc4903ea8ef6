R"sql(
-- Kinds and parameters: what each kind may carry, with values that its payment allows.
with legal(kind, members) as (values
    ('sale', array[]::text[]), ('authorize', array['multiple_captures']), ('capture', array['final', 'releases']),
    ('void', array[]::text[]), ('refund', array['reason']), ('expire', array[]::text[]),
    ('capture_failure', array['reverses']), ('refund_failure', array['reverses']))
select 'pay_' || o.payment_id || ' op_' || o.operation_id || '-' || o.attempt as subject,
       case when l.kind is null then 'its kind ' || o.kind || ' is unknown'
            when jsonb_typeof(o.parameters) <> 'object' or o.parameters - l.members <> jsonb_build_object()
                then 'a ' || o.kind || ' has no such parameters: ' || o.parameters::text
            when o.kind in ('sale', 'authorize') and p.capture <> (o.kind = 'sale')
                then 'it is a ' || o.kind || ', its payment says capture = ' || p.capture
            when (o.parameters -> 'releases')::int8 < 1 or o.parameters ? 'releases' and o.parameters -> 'final' is distinct from 'true'
                then 'only a final capture releases, and at least 1: ' || o.parameters::text
            when o.kind = 'capture' and o.parameters -> 'final' is distinct from 'true' and not p.multiple_captures
                then 'its payment takes one capture, and it is not final'
            when o.kind in ('capture_failure', 'refund_failure') and not coalesce(o.parameters ? 'reverses', false)
                then 'it names nothing that it reverses'
            when o.amount < 1 then 'its amount is ' || o.amount end as detail
from operations o
left join payments p on p.id = o.payment_id
left join legal l on l.kind = o.kind
left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt
where ({refused}) is not true
)sql"
