R"sql(
-- The worker's two lists: authorizations that hold something, and successes that the PSP may take back.
select 'pay_' || coalesce(p.id, h.payment_id) as subject,
       case when h.payment_id is null then 'it holds ' || p.held || ' and is not in held_authorizations'
            when p.id is null then 'it is in held_authorizations and holds nothing'
            when p.capture_before is distinct from h.capture_before
                then concat('its capture_before is ', p.capture_before, ', that in held_authorizations is ', h.capture_before)
            when p.merchant_id <> h.merchant_id then 'held_authorizations says another merchant, mer_' || h.merchant_id
            when o.payment_id is null
                then 'held_authorizations says ' || h.psp || ' ' || h.psp_account || ', its creation does not' end as detail
from (select id, merchant_id, capture_before, authorized - captured - voided - expired as held from payments
      where authorized - captured - voided - expired <> 0) p
full join held_authorizations h on h.payment_id = p.id
left join (select distinct payment_id, psp, psp_account from operations where kind = 'authorize') o
    on o.payment_id = p.id and o.psp = h.psp and o.psp_account = h.psp_account
union all
select 'op_' || w.operation_id || '-' || w.attempt,
       case when o.operation_id is null
                then 'it is watched and is no attempt of pay_' || w.payment_id || ' at ' || w.psp || ' ' || w.psp_account
            when o.kind not in ('capture', 'refund', 'late_refund') then 'it is watched and is a ' || o.kind
            when r.outcome is distinct from 'approved' then 'it is watched and ' || coalesce('ended as ' || r.outcome, 'is open')
            when v.operation_id is not null then 'it is watched and was reversed' end
from watched_operations w
left join operations o on o.payment_id = w.payment_id and o.operation_id = w.operation_id and o.attempt = w.attempt
                      and o.psp = w.psp and o.psp_account = w.psp_account
left join operation_results r on r.operation_id = w.operation_id and r.attempt = w.attempt
left join operation_reversals v on v.operation_id = w.operation_id
)sql"
