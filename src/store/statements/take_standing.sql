R"sql(
-- Answers to late successes of a PSP account ($1, $2, live $3) whose look has come; it is moved by $4 ms. Each with the last
-- attempt of its operation and how that ended.
with clock as materialized (select florin_now() as now),
due as materialized (
    select operation_id from standing_late_charges
    where psp = $1::text and psp_account = $2::text and florin_is_live(operation_id) = $3::bool
        and next_look <= (select now from clock)
    order by next_look limit $5::int8 for update skip locked),
moved as (
    update standing_late_charges s set next_look = k.now + $4::int8 * interval '1 millisecond'
    from due d cross join clock k where s.operation_id = d.operation_id returning s.operation_id, s.payment_id)
select {attempt}, r.outcome, {payment}
from moved m
cross join lateral (select * from operations o where o.payment_id = m.payment_id and o.operation_id = m.operation_id
                    order by o.attempt desc limit 1) a
left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt
join payments q on q.id = m.payment_id
)sql"
