R"sql(
select 'pay_' || b.id as subject,
       concat('captured are ', b.captured, ' ', b.currency, ' in the books and ', d.captured, ' at ', d.psp, ' ', d.reference)
       as detail
from deep_books b join deep_object d on d.reference = b.psp_reference
where not b.is_open and not b.is_moving and d.unreadable is null and d.compensated_by is null and b.captured <> d.captured
union all
select concat('pay_', b.id, ' op_', c.operation_id),
       concat(d.psp, ' ', d.reference, ' captured ', c.amount, ' ', d.currency, ' for it; in the books it is ',
              coalesce(r.outcome || ' with ' || o.amount, 'unknown'))
from deep_capture c
join deep_object d on d.reference = c.reference
join deep_books b on b.id = d.payment_id
left join lateral (select x.amount, x.attempt from operations x where x.payment_id = b.id and x.operation_id = c.operation_id
                   order by x.attempt desc limit 1) o on true
left join operation_results r on r.operation_id = c.operation_id and r.attempt = o.attempt
where not b.is_open and not b.is_moving and (r.outcome is distinct from 'approved' or o.amount <> c.amount)
)sql"
