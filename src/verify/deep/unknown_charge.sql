R"sql(
select d.psp || ' ' || d.reference as subject,
       concat('it holds ', d.held, ' and took ', d.captured, ' ', d.currency, ' for pay_', d.payment_id, ' op_',
              d.operation_id, '-', d.attempt, ', which the books do not know') as detail
from deep_object d
where d.payment_id is not null and not d.is_known and d.standing > 0
)sql"
