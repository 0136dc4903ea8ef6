R"sql(
-- Closes attempts: reference, compare-and-set of the payment, result, journals, audit row, link; the open row goes. Losers
-- write nothing. Who needs the lease (rule 10) locks the payment and then the open row, so that nobody can take the
-- operation in between; for facts the version decides, because every opening and closing of an attempt moves it. Attempts that
-- nothing but time or a human's word closed are watched: $48 first look and $49 end of the watch in ms, $50 how many. An open
-- row is looked for by its key alone: mostly the table is empty, and a plan for that would go through all of it in an outage.
with {judged},
clock as materialized (select florin_now() as now),
locked as materialized (
    select x.operation_id, x.attempt, x.generation from x
    join payments q on q.id = x.payment_id and q.version = x.expected_version
    where x.needs_generation for no key update of q),
held as materialized (
    select o.operation_id from locked l cross join lateral (
        select o.operation_id from open_operations o
        where o.operation_id = l.operation_id and o.attempt = l.attempt and o.generation = l.generation for update) o),
c as materialized (
    select x.* from x cross join lateral (
        select from open_operations o where o.operation_id = x.operation_id and o.attempt = x.attempt offset 0) o
    where not x.needs_generation or (x.operation_id in (select operation_id from held)) is true),
{claims},
p as ({payment} returning w.*, q.merchant_id),
linked as (select p.*, ($11::int8[])[9 * ord::int4]::int4 as event from p),
{chain},
{posting},
{following},
late_watching as (
    insert into watched_attempts (operation_id, attempt, payment_id, psp, psp_account, send_until, closed_at, until, next_look)
    select p.operation_id, p.attempt, p.payment_id, o.psp, o.psp_account, o.send_until, k.now,
           k.now + ($49::int8[])[p.ord::int4] * interval '1 millisecond',
           k.now + ($48::int8[])[p.ord::int4] * interval '1 millisecond'
    from p cross join clock k
    cross join lateral (select * from open_operations o where o.operation_id = p.operation_id offset 0) o
    where $50::int8 > 0 and ($48::int8[])[p.ord::int4] is not null),
closed as (delete from open_operations where operation_id = any ((select array_agg(operation_id) from p)::uuid[]))
select ord::int4, 0::int2 from p
union all
select ord::int4, 1::int2 from standing where not own
)sql"
