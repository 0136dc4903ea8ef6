R"sql(
select concat('line ', a.line, ' key ', a.key) as subject,
       case when p.id is null
                then concat('was answered with ', a.status, ' for pay_', a.payment_id, ', which is not in the books')
            else concat('was answered with ', a.status, ' for pay_', a.payment_id, ', and no operation has this key') end
       as detail
from deep_ack a
left join payments p on p.id = a.payment_id
left join idempotency_keys k on k.key = a.key and k.payment_id = a.payment_id
where p.id is null or k.key is null
)sql"
