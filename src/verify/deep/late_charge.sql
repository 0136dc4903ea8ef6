R"sql(
select concat('pay_', d.payment_id, ' op_', d.operation_id, '-', d.attempt) as subject,
       concat('its charge ', d.reference, ' came late and op_', d.compensated_by, ' gave it back; ', d.standing, ' ', d.currency,
              ' of it still stand') as detail
from deep_object d
where d.compensated_by is not null and d.standing > 0 and not coalesce(d.is_being_compensated, false)
)sql"
