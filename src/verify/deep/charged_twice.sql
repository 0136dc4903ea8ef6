R"sql(
select 'pay_' || payment_id as subject,
       concat(count(*), ' charges stand at once: ', string_agg(concat(reference, ' with ', standing, ' ', currency, ' of op_',
              operation_id, '-', attempt), ', ' order by reference)) as detail
from deep_object
where payment_id is not null and standing > 0 and not coalesce(is_being_compensated, false)
group by payment_id having count(*) > 1
)sql"
