R"sql(
select 'pay_' || b.id,
       string_agg(o.kind || ' of ' || o.amount || ' ' || o.currency || ' since ' || to_char(o.recorded_at at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS"Z"') || case when n.parked then ', parked' else '' end, '; ' order by n.operation_id)
from deep_books b
join open_operations n on n.payment_id = b.id
join operations o on o.payment_id = n.payment_id and o.operation_id = n.operation_id and o.attempt = n.attempt
where b.is_open group by b.id order by min(o.recorded_at), b.id limit 100
)sql"
