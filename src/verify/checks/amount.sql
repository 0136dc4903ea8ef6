R"sql(
-- What a payment says was authorized and captured is the sum of its approved sales; a sale reserves and returns nothing.
with settled as (
    select r.payment_id, sum(o.amount) as amount, count(*) as charges
    from operation_results r
    join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
    where r.outcome = 'approved' group by r.payment_id)
select 'pay_' || p.id as subject,
       case when s.charges > 1 then 'it has ' || s.charges || ' approved results'
            when p.authorized <> coalesce(s.amount, 0)
                then 'authorized is ' || p.authorized || ', its approved results sum to ' || coalesce(s.amount, 0)
            when p.captured <> coalesce(s.amount, 0)
                then 'captured is ' || p.captured || ', its approved results sum to ' || coalesce(s.amount, 0)
            when s.amount <> p.amount then 'its amount is ' || p.amount || ', its approved results sum to ' || s.amount
            when (p.capturing, p.refunding, p.refunded, p.voiding, p.voided) <> (0, 0, 0, 0, 0)
                then 'none of its operations captures later, refunds or voids, but one of those amounts is not 0' end as detail
from payments p left join settled s on s.payment_id = p.id
)sql"
