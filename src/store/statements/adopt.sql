R"sql(
-- Attempt n+1, opened and closed in one commit, where n is the last and is not_executed: under the same condition as a
-- merchant's repeat. Approved it is a success that came late (rule 24): posts, and records n as adopted by n+1. Declined it is
-- a repeat that settled amounts refuse (rule 17).
with {judged},
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt - 1 and r.outcome = 'not_executed'
    where not exists (select from operations o where o.payment_id = x.payment_id and o.operation_id = x.operation_id
                                                 and o.attempt = x.attempt)
        and (x.outcome <> 'approved' or not exists (select from late_charges l where l.operation_id = x.operation_id
                                                                                 and l.attempt = x.attempt - 1))),
{claims},
p as ({payment} returning w.*, q.merchant_id),
{opening},
late as (
    insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, adopted_by, created_at)
    select operation_id, attempt - 1, payment_id, psp, reference, attempt, at from p where outcome = 'approved'),
linked as (select p.*, case when outcome = 'approved' then ($11::int8[])[9 * ord::int4]::int4 else 0 end as event from p),
{chain},
{posting},
{following}
select ord::int4, 0::int2 from p
union all
select ord::int4, 1::int2 from standing where not own
)sql"
