R"sql(
-- Successes of a PSP account ($1, $2, live $3) whose look has come; it is moved by $4 ms.
with clock as materialized (select florin_now() as now),
due as materialized (
    select operation_id from watched_operations
    where psp = $1::text and psp_account = $2::text and florin_is_live(operation_id) = $3::bool
        and next_look <= (select now from clock)
    order by next_look limit $5::int8 for update skip locked),
moved as (
    update watched_operations w set next_look = k.now + $4::int8 * interval '1 millisecond'
    from due d cross join clock k where w.operation_id = d.operation_id
    returning w.*, k.now)
select {attempt}, w.psp_reference, (extract(epoch from w.now - w.succeeded_at) * 1000)::int8, w.now >= w.until,
       coalesce(l.attempt, w.attempt), {payment}
from moved w
join operations a on a.payment_id = w.payment_id and a.operation_id = w.operation_id and a.attempt = w.attempt
join payments q on q.id = w.payment_id
left join late_charges l on l.operation_id = w.operation_id and l.adopted_by = w.attempt
)sql"
