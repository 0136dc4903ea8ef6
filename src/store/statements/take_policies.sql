R"sql(
-- Authorizations of a PSP account ($1, $2, live $3) so near to their end that their merchant's policy says what to do; the
-- next such look is moved by $4 ms. What has expired is the expiry's.
with clock as materialized (select florin_now() as now),
due as materialized (
    select h.payment_id, m.before_expiry
    from held_authorizations h
    join payments q on q.id = h.payment_id
    join merchants m on m.id = q.merchant_id
    where h.capture_before > (select now from clock)
        and h.capture_before <= (select now from clock) + (select coalesce(max(before_expiry_hours), 0) from merchants
                                                           where before_expiry <> 'none') * interval '1 hour'
        and h.psp = $1::text and h.psp_account = $2::text and florin_is_live(h.payment_id) = $3::bool
        and m.before_expiry <> 'none'
        and h.capture_before <= (select now from clock) + m.before_expiry_hours * interval '1 hour'
        and (h.policy_look is null or h.policy_look <= (select now from clock))
    order by h.capture_before limit $5::int8 for update of h skip locked),
moved as (
    update held_authorizations h set policy_look = k.now + $4::int8 * interval '1 millisecond'
    from due d cross join clock k where h.payment_id = d.payment_id
    returning h.payment_id, d.before_expiry)
select m.before_expiry, {payment} from moved m join payments q on q.id = m.payment_id
)sql"
