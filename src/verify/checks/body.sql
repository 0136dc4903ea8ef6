R"sql(
-- The stored body: of a 200 the payment document, of a refusal a problem that carries it as `payment`; of what came after the
-- creation with its `operation`. Amounts and status are those that the results up to it make.
with {history}
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when r.http_status <> all (case when r.outcome = 'approved' then array[200] when r.outcome = 'not_executed' then array[503]
                                            when h.kind in ('sale', 'authorize') then array[402, 422] else array[422] end)
                then 'it ended as ' || r.outcome || ' with HTTP status ' || r.http_status
            when r.http_status <> 200 and r.body::jsonb ->> 'status' is distinct from r.http_status::text
                then 'its body says status ' || coalesce(r.body::jsonb ->> 'status', 'nothing') || ', the result says '
                     || r.http_status
            when d ->> 'payment_id' is distinct from 'pay_' || p.id
                then 'its body is of ' || coalesce(d ->> 'payment_id', 'no payment')
            when d ->> 'amount' is distinct from p.amount::text or d ->> 'currency' is distinct from p.currency
                then concat_ws(' ', 'its body says', d ->> 'amount', d ->> 'currency', 'and the payment', p.amount, p.currency)
            when d ->> 'status' is distinct from h.status
                then 'its body says ' || coalesce(d ->> 'status', 'nothing') || ', the results up to it make ' || h.status
            when d ->> 'sequence' is distinct from r.version::text
                then concat('its body has sequence ', d ->> 'sequence', ', the result version ', r.version)
            when (d ->> 'authorized_amount', d ->> 'captured_amount', d ->> 'refunded_amount', d ->> 'voided_amount')
                is distinct from (h.authorized::text, h.captured::text, h.refunded::text, h.released::text)
                then concat('its body says authorized ', d ->> 'authorized_amount', ', captured ', d ->> 'captured_amount', ', refunded ',
                            d ->> 'refunded_amount', ', voided ', d ->> 'voided_amount', '; the results up to it make ', h.authorized, ', ',
                            h.captured, ', ', h.refunded, ', ', h.released)
            when d ->> 'psp' is distinct from r.psp and h.kind in ('sale', 'authorize')
                or d ->> 'psp_reference' is distinct from case when h.kind in ('sale', 'authorize') then r.psp_reference else p.psp_reference end
                then concat_ws(' ', 'its body says', d ->> 'psp', d ->> 'psp_reference', 'and the result', r.psp, r.psp_reference)
            when (d -> 'live')::bool is distinct from p.live or (d -> 'capture')::bool is distinct from p.capture
                or d ->> 'payment_method' is distinct from p.payment_method or d ->> 'description' is distinct from p.description
                or d ->> 'return_url' is distinct from p.return_url or d -> 'metadata' is distinct from p.metadata
                then 'its live, capture, payment_method, description, return_url or metadata is not that of the payment'
            when h.kind not in ('sale', 'authorize') and (d -> 'operation' ->> 'operation_id', d -> 'operation' ->> 'type', d -> 'operation' ->> 'status')
                is distinct from ('op_' || r.operation_id, h.kind, case when r.outcome = 'approved' then 'succeeded' when h.refused
                                  then 'refused' else r.outcome end)
                then 'its body says ' || coalesce((d -> 'operation')::text, 'nothing') || ' of a ' || h.kind || ' that ended as ' || r.outcome
       end as detail
from operation_results r
join payments p on p.id = r.payment_id
left join history h on h.operation_id = r.operation_id and h.attempt = r.attempt
cross join lateral (select case when r.http_status = 200 then r.body::jsonb else r.body::jsonb -> 'payment' end as d offset 0) b
)sql"
