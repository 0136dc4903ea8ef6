R"sql(
-- A PSP object has one owner for ever: the operation that created it. A creation and a refund name their own, what comes later
-- may name its payment's.
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when r.psp_reference is null and r.outcome = 'approved' then 'it was approved without a PSP reference'
            when c.operation_id is null then 'its reference ' || r.psp_reference || ' has no owner'
            when c.payment_id <> r.payment_id or c.operation_id <> r.operation_id and o.kind in ('sale', 'authorize')
                then 'its reference ' || r.psp_reference || ' belongs to op_' || c.operation_id || ' of pay_' || c.payment_id
            when o.kind in ('refund', 'late_refund') and r.outcome = 'approved' and w.operation_id is null
                then 'it owns no refund at the PSP'
       end as detail
from operation_results r
left join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
left join psp_references c on c.psp = r.psp and c.psp_reference = r.psp_reference
left join psp_references w on o.kind in ('refund', 'late_refund') and w.operation_id = r.operation_id
where r.psp_reference is not null or r.outcome = 'approved'
union all
select 'pay_' || p.id,
       case when c.operation_id is null then 'its reference ' || p.psp_reference || ' has no owner'
            when c.payment_id <> p.id then 'its reference ' || p.psp_reference || ' belongs to pay_' || c.payment_id end
from payments p left join psp_references c on c.psp = p.psp and c.psp_reference = p.psp_reference
where p.psp_reference is not null
union all
select c.psp || ' ' || c.psp_reference,
       'its owner op_' || c.operation_id || '-' || c.attempt || ' of pay_' || c.payment_id || ' does not exist'
from psp_references c
left join operations o on o.payment_id = c.payment_id and o.operation_id = c.operation_id and o.attempt = c.attempt
where o.operation_id is null
)sql"
