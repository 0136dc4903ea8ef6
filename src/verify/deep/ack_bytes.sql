R"sql(
select concat('line ', a.line, ' key ', a.key, ' pay_', a.payment_id) as subject,
       concat('was answered with ', a.status, ' and bytes of sha256 ', encode(a.sha256, 'hex'), '; stored is ',
              coalesce(string_agg(concat(r.http_status, ' ', encode(sha256(convert_to(r.body, 'UTF8')), 'hex')), ', '
                                  order by r.attempt), 'nothing')) as detail
from deep_ack a
join idempotency_keys k on k.key = a.key and k.payment_id = a.payment_id
left join operation_results r on r.operation_id = k.operation_id
where a.status <> 202
group by a.line, a.key, a.payment_id, a.status, a.sha256
having not coalesce(bool_or(r.http_status = a.status and sha256(convert_to(r.body, 'UTF8')) = a.sha256), false)
)sql"
