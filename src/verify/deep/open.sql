R"sql(
with what as (
    select n.payment_id, n.operation_id, n.attempt, case when n.parked then ', parked' end as state
    from open_operations n
    union all
    select u.payment_id, u.operation_id, (select max(o.attempt) from operations o where o.payment_id = u.payment_id
                                                                                  and o.operation_id = u.operation_id),
           ', not executed yet'
    from deep_undoing u where not exists (select from open_operations n where n.operation_id = u.operation_id))
select 'pay_' || b.id,
       string_agg(concat(o.kind, ' of ', o.amount, ' ', o.currency, ' since ', to_char(o.recorded_at at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS"Z"'), w.state), '; ' order by w.operation_id)
from deep_books b
join what w on w.payment_id = b.id
join operations o on o.payment_id = w.payment_id and o.operation_id = w.operation_id and o.attempt = w.attempt
where b.is_open group by b.id order by min(o.recorded_at), b.id limit 100
)sql"
