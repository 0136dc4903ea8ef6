R"sql(
-- Closes attempts: reference, compare-and-set of the payment, result, journal, audit row, link; the open row goes. Losers
-- write nothing. Who needs the lease (rule 10) locks the payment and then the open row, so that nobody can take the
-- operation in between; for facts the version decides, because every opening and closing of an attempt moves it.
with {judged},
locked as materialized (
    select x.operation_id, x.attempt, x.generation from x
    join payments q on q.id = x.payment_id and q.version = x.expected_version
    where x.needs_generation for no key update of q),
held as materialized (
    select o.operation_id from locked l
    join open_operations o on o.operation_id = l.operation_id and o.attempt = l.attempt and o.generation = l.generation
    for update of o),
c as materialized (
    select x.* from x join open_operations o on o.operation_id = x.operation_id and o.attempt = x.attempt
    where not x.needs_generation or (x.operation_id in (select operation_id from held)) is true),
{claims},
p as (
    update payments q
    set status = w.status, version = q.version + 1, authorized = w.authorized, captured = w.captured,
        psp_reference = w.psp_reference, failure_code = w.failure_code, failure_reason = w.failure_reason,
        next_action = w.next_action, capture_before = w.capture_before, updated_at = w.at
    from w where q.id = w.payment_id and q.version = w.expected_version returning w.*),
linked as (select * from p),
{chain},
{posting},
closed as (delete from open_operations where operation_id = any ((select array_agg(operation_id) from p)::uuid[]))
select ord::int4, 0::int2 from p
union all
select ord::int4, 1::int2 from standing where not own
)sql"
