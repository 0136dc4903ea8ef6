R"sql(
-- A success that came after attempt n was closed as not_executed and is still the last (rule 24): inserts n+1, opened and
-- closed as approved, posts, and records n as adopted by n+1, under the same condition as a merchant's repeat.
with {judged},
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt - 1 and r.outcome = 'not_executed'
    where not exists (select from operations o where o.payment_id = x.payment_id and o.operation_id = x.operation_id
                                                 and o.attempt = x.attempt)
        and not exists (select from late_charges l where l.operation_id = x.operation_id and l.attempt = x.attempt - 1)),
{claims},
p as ({payment} returning w.*, q.merchant_id),
{opening},
late as (
    insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, adopted_by, created_at)
    select operation_id, attempt - 1, payment_id, psp, reference, attempt, at from p),
linked as (select p.*, ($11::int8[])[9 * ord::int4]::int4 as event from p),
{chain},
{posting},
{following}
select ord::int4, 0::int2 from p
union all
select ord::int4, 1::int2 from standing where not own
)sql"
