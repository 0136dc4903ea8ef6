R"sql(
-- A stored refusal is one attempt that changed nothing: no PSP, no change of status, the version that it found.
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when o.kind in ('sale', 'authorize') then 'it created a payment and is a refusal'
            when r.attempt <> 1 then 'it is attempt ' || r.attempt
            when r.http_status <> 422 then 'it was answered with ' || r.http_status
            when c.operation_id is not null then 'it owns the PSP object ' || c.psp_reference
            when a.operation_id is not null then 'it changed the status: ' || a.change
            when r.version > p.version
                then 'its version ' || r.version || ' is above that of its payment, ' || p.version end as detail
from operation_results r
join payments p on p.id = r.payment_id
left join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
left join psp_references c on c.operation_id = r.operation_id
left join payment_audit_log a on a.operation_id = r.operation_id
where {refused}
)sql"
