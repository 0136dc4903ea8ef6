R"sql(
-- A stored refusal changed nothing: no PSP, no change of status, no version that its payment has not. Refusals are few, but
-- for psp_references, which has no index by operation, each is looked at by primary keys.
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when o.kind in ('sale', 'authorize') then 'it created a payment and is a refusal'
            when r.http_status <> 422 then 'it was answered with ' || r.http_status
            when c.operation_id is not null then 'it owns the PSP object ' || c.psp_reference
            when a.operation_id is not null then 'it changed the status: ' || a.change
            when r.version > p.version
                then 'its version ' || r.version || ' is above that of its payment, ' || p.version end as detail
from (select * from operation_results r where {refused} offset 0) r
cross join lateral (select version from payments where id = r.payment_id offset 0) p
left join lateral (select kind from operations where payment_id = r.payment_id and operation_id = r.operation_id
                   and attempt = r.attempt offset 0) o on true
left join psp_references c on c.operation_id = r.operation_id and c.attempt = r.attempt
left join lateral (select operation_id, change from payment_audit_log where operation_id = r.operation_id
                   and attempt = r.attempt offset 0) a on true
)sql"
