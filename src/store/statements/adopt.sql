R"sql(
-- A success that came after attempt n was closed as not_executed and is still the last (rule 24): inserts n+1, opened and
-- closed as approved, posts, and records n as adopted by n+1, under the same condition as a merchant's repeat.
-- $39 kind, $40 amount, $41 currency, $42 PSP account, $43 encoder version.
with {judged},
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt - 1 and r.outcome = 'not_executed'
    where not exists (select from operations o where o.payment_id = x.payment_id and o.operation_id = x.operation_id
                                                 and o.attempt = x.attempt)
        and not exists (select from late_charges l where l.operation_id = x.operation_id and l.attempt = x.attempt - 1)),
{claims},
p as (
    update payments q
    set status = w.status, version = q.version + 1, authorized = w.authorized, captured = w.captured, psp = w.psp,
        psp_reference = w.psp_reference, failure_code = w.failure_code, failure_reason = w.failure_reason,
        next_action = w.next_action, capture_before = w.capture_before, updated_at = w.at
    from w where q.id = w.payment_id and q.version = w.expected_version returning w.*),
o as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, psp, psp_account, encoder_version,
                            actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, ($39::text[])[ord::int4], ($40::int8[])[ord::int4],
           ($41::bpchar[])[ord::int4], psp, ($42::text[])[ord::int4], ($43::int2[])[ord::int4], actor, request_id,
           k.now from p, clock k),
late as (
    insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, adopted_by, created_at)
    select operation_id, attempt - 1, payment_id, psp, psp_reference, attempt, at from p),
linked as (select * from p),
{chain},
{posting}
select ord::int4, 0::int2 from p
union all
select ord::int4, 1::int2 from standing where not own
)sql"
