R"sql(
-- Takes open operations whose lease is over (rule 9): generation + 1, a new lease. Ages are the database's: $3 safe age,
-- $4 time fence (longest request + read lag + clock error), $5 read lag, all in ms; $6 repeats are safe. Only a taking that
-- may send raises send_until (rule 7), and then absence proves nothing; what is parked is only looked at.
with clock as materialized (select florin_now() as now),
due as materialized ({which}),
aged as materialized (
    select d.operation_id, d.payment_id, d.attempt, d.kind, a.amount, a.currency, a.psp, a.psp_account, a.encoder_version,
           a.actor, a.request_id, a.parameters, d.tries, d.psp_reference, d.parked, a.recorded_at, k.now - a.recorded_at as age,
           k.now < d.execute_until and k.now - a.recorded_at < $3::int8 * interval '1 millisecond' and $6::bool
               and not d.parked as may_send,
           k.now > d.send_until + $4::int8 * interval '1 millisecond' as past_fence,
           case when k.now > d.fenced_at + $5::int8 * interval '1 millisecond'
                    and k.now - a.recorded_at < $3::int8 * interval '1 millisecond' then d.fenced_at end as fenced_at
    from due d cross join clock k
    join operations a on a.payment_id = d.payment_id and a.operation_id = d.operation_id and a.attempt = d.attempt),
taken as (
    update open_operations o
    set generation = o.generation + 1, lease_until = k.now + $1::int8 * interval '1 millisecond',
        next_try = k.now + $1::int8 * interval '1 millisecond', news = false,
        send_until = case when d.may_send then greatest(o.send_until, k.now + $2::int8 * interval '1 millisecond')
                          else o.send_until end
    from aged d cross join clock k
    where o.operation_id = any ((select array_agg(operation_id) from aged)::uuid[]) and o.operation_id = d.operation_id
    returning d.*, o.generation, o.send_until)
select t.operation_id, t.attempt, t.payment_id, t.kind, t.amount, t.currency, t.psp, t.psp_account, t.encoder_version,
       t.actor, t.request_id, t.parameters, t.generation, t.tries, t.may_send, t.past_fence and not t.may_send, t.fenced_at, t.recorded_at,
       t.send_until, (extract(epoch from t.age) * 1000)::int8, t.psp_reference, t.parked, {payment}
from taken t join payments q on q.id = t.payment_id
)sql"
