R"sql(
-- Past its time the PSP lets go by itself, and the worker learns of it on its next look.
select 'pay_' || b.id as subject,
       concat('held are ', b.held, ' ', b.currency, ' in the books and ', d.held, ' at ', d.psp, ' ', d.reference) as detail
from deep_books b join deep_object d on d.reference = b.psp_reference
where not b.is_open and not b.is_moving and d.unreadable is null and d.compensated_by is null and b.held <> d.held
  and not (d.held = 0 and coalesce(b.capture_before, 'infinity') < florin_now())
)sql"
