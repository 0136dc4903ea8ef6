R"sql(
select concat('pay_', d.payment_id, ' op_', d.operation_id, '-', d.attempt) as subject,
       concat(d.psp, ' ', d.reference, ' is of ', d.amount, ' ', d.currency, ', asked for were ', d.asked, ' ', d.asked_currency)
       as detail
from deep_object d
where d.is_known and d.unreadable is null and (d.amount, d.currency) <> (d.asked, d.asked_currency::text)
union all
select concat('pay_', r.payment_id, ' op_', r.operation_id, '-', r.attempt),
       case when a.operation_id is null
                then concat(r.psp, ' ', r.reference, ' gave back ', r.given, ' ', r.currency,
                            ' for an operation that the books do not know')
            else concat(r.psp, ' ', r.reference, ' is of ', r.amount, ' ', r.currency, ', asked for were ', a.amount, ' ',
                        a.currency) end
from deep_refund r
left join operations a on a.payment_id = r.payment_id and a.operation_id = r.operation_id and a.attempt = r.attempt
where r.payment_id is not null and r.unreadable is null
  and (a.operation_id is null and r.given > 0 or (r.amount, r.currency) <> (a.amount, a.currency::text))
)sql"
