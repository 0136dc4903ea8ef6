R"sql(
-- A PSP object has one owner for ever: the operation that created it. A creation and a refund name their own, what comes later
-- may name its payment's.
with named as materialized (  -- what does not own the object that it names, which most do
    select r.payment_id, r.operation_id, r.attempt, r.outcome, r.psp_reference, c.payment_id as owner, c.operation_id as owning
    from operation_results r
    left join psp_references c on c.psp = r.psp and c.psp_reference = r.psp_reference
    where (r.psp_reference is not null or r.outcome = 'approved')
        and (c.payment_id = r.payment_id and c.operation_id = r.operation_id) is not true)
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       case when r.psp_reference is null then 'it was approved without a PSP reference'
            when r.owner is null then 'its reference ' || r.psp_reference || ' has no owner'
            when r.owner <> r.payment_id or o.kind in ('sale', 'authorize')
                then 'its reference ' || r.psp_reference || ' belongs to op_' || r.owning || ' of pay_' || r.owner
            when o.kind in ('refund', 'late_refund') and r.outcome = 'approved' and w.operation_id is null
                then 'it owns no refund at the PSP' end as detail
from named r
left join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
left join psp_references w on o.kind in ('refund', 'late_refund') and w.operation_id = r.operation_id
union all
select 'pay_' || p.id,
       case when c.operation_id is null then 'its reference ' || p.psp_reference || ' has no owner'
            else 'its reference ' || p.psp_reference || ' belongs to pay_' || c.payment_id end
from payments p left join psp_references c on c.psp = p.psp and c.psp_reference = p.psp_reference
where p.psp_reference is not null and c.payment_id is distinct from p.id
union all
select c.psp || ' ' || c.psp_reference,
       'its owner op_' || c.operation_id || '-' || c.attempt || ' of pay_' || c.payment_id || ' does not exist'
from psp_references c
left join operations o on o.payment_id = c.payment_id and o.operation_id = c.operation_id and o.attempt = c.attempt
where o.operation_id is null
)sql"
