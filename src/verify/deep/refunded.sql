R"sql(
select 'pay_' || b.id as subject,
       concat('refunded are ', b.refunded, ' ', b.currency, ' in the books and ', d.returned, ' at ', d.psp, ' ', d.reference,
              case when w.n > 0 then concat('; the worker watches ', w.n, ' of them and will look again') end) as detail
from deep_books b
join deep_object d on d.reference = b.psp_reference
cross join lateral (select count(*) as n from watched_operations w where w.payment_id = b.id) w
where b.is_whole and not b.is_open and not b.is_moving and d.unreadable is null and d.compensated_by is null
  and b.refunded <> d.returned
union all
select concat('pay_', b.id, ' ', d.reference),
       concat(d.returned_elsewhere, ' ', d.currency, ' were given back there by somebody else than Florin')
from deep_books b join deep_object d on d.reference = b.psp_reference
where d.returned_elsewhere > 0
)sql"
