R"sql(
-- Authorizations of a PSP account ($1, $2, live $3) that should have been captured before now, and whose look has come; it is
-- moved by $4 ms. Only what is past its time is looked at, however much is held.
with clock as materialized (select florin_now() as now),
due as materialized (
    select payment_id from held_authorizations
    where capture_before <= (select now from clock) and next_look <= (select now from clock)
        and psp = $1::text and psp_account = $2::text and florin_is_live(payment_id) = $3::bool
    order by capture_before limit $5::int8 for update skip locked),
moved as (
    update held_authorizations h set next_look = k.now + $4::int8 * interval '1 millisecond'
    from due d cross join clock k where h.payment_id = d.payment_id returning h.payment_id)
select {payment} from moved m join payments q on q.id = m.payment_id
)sql"
