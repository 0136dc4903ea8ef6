R"sql(
-- Authorizations of a PSP account ($1, $2, live $3) so near to their end that their merchant's policy says what to do, the
-- next to expire first and $5 at the most; the next such look is moved by $4 ms. From each merchant with a policy to the first
-- of its own holds: what else is held, by whomever, is not looked at. What has expired is the expiry's.
with clock as materialized (select florin_now() as now),
near as materialized (
    select h.payment_id, m.before_expiry
    from merchants m cross join clock k
    cross join lateral (
        select a.payment_id, a.capture_before from held_authorizations a
        where a.merchant_id = m.id and a.capture_before > k.now
            and a.capture_before <= k.now + m.before_expiry_hours * interval '1 hour'
            and a.psp = $1::text and a.psp_account = $2::text and florin_is_live(a.payment_id) = $3::bool
            and (a.policy_look is null or a.policy_look <= k.now)
        order by a.capture_before limit $5::int8) h
    where m.before_expiry <> 'none'
    order by h.capture_before limit $5),
due as materialized (
    select h.payment_id, n.before_expiry
    from near n join held_authorizations h on h.payment_id = n.payment_id
    where h.policy_look is null or h.policy_look <= (select now from clock)
    for update of h skip locked),
moved as (
    update held_authorizations h set policy_look = k.now + $4::int8 * interval '1 millisecond'
    from due d cross join clock k where h.payment_id = d.payment_id
    returning h.payment_id, d.before_expiry)
select m.before_expiry, {payment} from moved m join payments q on q.id = m.payment_id
)sql"
