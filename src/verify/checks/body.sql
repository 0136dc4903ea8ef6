R"sql(
-- The stored body: of a 200 the payment document, of a refusal a problem that carries it as `payment`.
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when r.http_status <> all (case r.outcome when 'approved' then array[200] when 'declined' then array[402, 422]
                                                      else array[503] end)
                then 'it ended as ' || r.outcome || ' with HTTP status ' || r.http_status
            when r.http_status <> 200 and r.body::json ->> 'status' is distinct from r.http_status::text
                then 'its body says status ' || coalesce(r.body::json ->> 'status', 'nothing') || ', the result says '
                     || r.http_status
            when d.payment_id is distinct from 'pay_' || p.id
                then 'its body is of ' || coalesce(d.payment_id, 'no payment')
            when d.amount is distinct from p.amount::text or d.currency is distinct from p.currency
                then concat_ws(' ', 'its body says', d.amount, d.currency, 'and the payment', p.amount, p.currency)
            when d.status is distinct from split_part(a.change, '>', 2)
                then 'its body says ' || coalesce(d.status, 'nothing') || ', the audit row ' || coalesce(a.change, 'is missing')
            when d.sequence is distinct from r.version::text
                then concat('its body has sequence ', d.sequence, ', the result version ', r.version)
            when d.captured_amount is distinct from case when r.outcome = 'approved' then p.amount else 0 end::text
                then concat('its body says that ', d.captured_amount, ' was captured after ', r.outcome)
            when d.psp is distinct from r.psp or d.psp_reference is distinct from r.psp_reference
                then concat_ws(' ', 'its body says', d.psp, d.psp_reference, 'and the result', r.psp, r.psp_reference)
            when d.live is distinct from p.live or d.capture is distinct from p.capture
                or d.payment_method is distinct from p.payment_method or d.description is distinct from p.description
                or d.return_url is distinct from p.return_url or d.metadata is distinct from p.metadata
                then 'its live, capture, payment_method, description, return_url or metadata is not that of the payment'
       end as detail
from operation_results r
join payments p on p.id = r.payment_id
left join payment_audit_log a on a.operation_id = r.operation_id and a.sequence = r.version
cross join lateral json_to_record(case when r.http_status = 200 then r.body::json else r.body::json -> 'payment' end)
    as d(payment_id text, status text, amount text, currency text, captured_amount text, payment_method text, capture bool,
         description text, metadata jsonb, return_url text, psp text, psp_reference text, sequence text, live bool)
)sql"
