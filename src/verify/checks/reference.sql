R"sql(
-- A PSP object has one owner for ever, and every result and payment that names it is that owner's.
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when r.psp_reference is null and r.outcome = 'approved' then 'it was approved without a PSP reference'
            when c.operation_id is null then 'its reference ' || r.psp_reference || ' has no owner'
            when c.operation_id <> r.operation_id
                then 'its reference ' || r.psp_reference || ' belongs to op_' || c.operation_id end as detail
from operation_results r left join psp_references c on c.psp = r.psp and c.psp_reference = r.psp_reference
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
