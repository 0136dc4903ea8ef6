R"sql(
select concat('pay_', d.payment_id, ' op_', d.operation_id, '-', d.attempt) as subject,
       concat('the books say ', d.outcome, '; ', d.psp, ' ', d.reference, ' holds ', d.held, ' and took ', d.captured, ' ',
              d.currency, case when d.returned > 0 then concat(' and gave back ', d.returned) end,
              case when d.is_open then ' and may still take it' end) as detail
from deep_object d
left join deep_books b on b.id = d.payment_id
where d.outcome in ('declined', 'not_executed') and (d.standing > 0 or d.is_open) and not d.came_late
  and not coalesce(b.is_moving, false)
)sql"
