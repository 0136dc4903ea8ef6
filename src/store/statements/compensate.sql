R"sql(
-- A late success that has no place (rule 24): locks the payments in id order and compares their versions, claims the PSP's object
-- for the late attempt and the late attempt in late_charges, once for ever, and opens attempt 1 of what undoes it. Without a row
-- in the answer the version moved; 1: the late success is answered already, 2: the object belongs to another operation, or another
-- one of this attempt was answered.
with x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::int4[], $4::text[], $5::int8[], $6::bpchar[], $7::jsonb[], $8::text[],
                         $9::text[], $10::int2[], $11::text[], $12::uuid[], $13::int8[], $14::int8[], $15::int8[], $16::uuid[],
                         $17::int2[], $18::text[], $19::bool[])
        with ordinality as x(payment_id, operation_id, expected_version, kind, amount, currency, parameters, psp,
                             psp_account, encoder_version, actor, request_id, lease_ms, call_ms, execute_ms, late_operation,
                             late_attempt, late_reference, is_new, ord)),
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x
    join payments q on q.id = x.payment_id and q.version = x.expected_version for no key update of q),
claimed as (
    insert into psp_references (psp, psp_reference, operation_id, attempt, payment_id)
    select psp, late_reference, late_operation, late_attempt, payment_id from c where is_new order by 1, 2
    on conflict do nothing returning psp_reference),
-- The object is the late operation's own: claimed just now, or before.
w as materialized (
    select c.* from c
    where not is_new or (late_reference in (select psp_reference from claimed)) is true
        or exists (select from psp_references r where r.psp = c.psp and r.psp_reference = c.late_reference
                                                 and r.operation_id = c.late_operation)),
late as (
    insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, compensated_by, created_at)
    select late_operation, late_attempt, payment_id, psp, late_reference, operation_id, k.now from w, clock k
    order by 1, 2 on conflict do nothing returning compensated_by),
p as (
    update payments q set version = q.version + 1
    from w where q.id = w.payment_id and q.version = w.expected_version
        and (w.operation_id in (select compensated_by from late)) is true
    returning w.*),
o as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, 1, kind, amount, currency, parameters, psp, psp_account, encoder_version, actor,
           request_id, k.now from p, clock k),
n as (
    insert into open_operations (operation_id, payment_id, attempt, kind, psp, psp_account, generation, lease_until,
                                 send_until, execute_until, tries, next_try, evidence, parked)
    select operation_id, payment_id, 1, kind, psp, psp_account, 1, k.now + lease_ms * interval '1 millisecond',
           k.now + call_ms * interval '1 millisecond', k.now + execute_ms * interval '1 millisecond', 0,
           k.now + lease_ms * interval '1 millisecond', '', false from p, clock k),
standing as (
    insert into standing_late_charges (operation_id, payment_id, psp, psp_account, opened_at, next_look)
    select operation_id, payment_id, psp, psp_account, k.now, k.now from p, clock k)
select ord::int4, 0::int2 from p
union all
select w.ord::int4, case when l.psp_reference <> w.late_reference then 2 else 1 end::int2
from w left join late_charges l on l.operation_id = w.late_operation and l.attempt = w.late_attempt
where (w.ord in (select ord from p)) is not true
union all
select ord::int4, 2::int2 from c where (ord in (select ord from w)) is not true
)sql"
