R"sql(
-- Opens attempt n+1 where n is the last and is not_executed (rule 3) and reopens the payment; the compare-and-set of its
-- version decides between two that try.
with x as materialized (
    select * from unnest($2::uuid[], $3::uuid[], $4::int2[], $5::int4[], $6::text[], $7::text[], $8::text[], $9::int8[],
                         $10::bpchar[], $11::text[], $12::text[], $13::int2[], $14::text[], $15::uuid[],
                         $16::timestamptz[], $17::bytea[], $18::int8[], $19::int8[], $20::int8[], $21::text[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, status, change, kind, amount,
                             currency, psp, psp_account, encoder_version, actor, request_id,
                             at, digest, lease_ms, call_ms, execute_ms, details, ord)),
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt - 1 and r.outcome = 'not_executed'
    where not exists (select from operations o where o.payment_id = x.payment_id and o.operation_id = x.operation_id
                                                 and o.attempt = x.attempt)),
p as (
    update payments q
    set status = c.status, version = q.version + 1, psp = c.psp, psp_reference = null, failure_code = null,
        failure_reason = null, next_action = null, updated_at = c.at
    from c where q.id = c.payment_id and q.version = c.expected_version returning c.*),
o as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, psp, psp_account, encoder_version,
                            actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, kind, amount, currency, psp, psp_account, encoder_version, actor, request_id,
           k.now from p, clock k),
n as (
    insert into open_operations (operation_id, payment_id, attempt, kind, psp, psp_account, generation, lease_until,
                                 send_until, execute_until, tries, next_try, evidence, parked)
    select operation_id, payment_id, attempt, kind, psp, psp_account, 1, k.now + lease_ms * interval '1 millisecond',
           k.now + call_ms * interval '1 millisecond', k.now + execute_ms * interval '1 millisecond', 0,
           k.now + lease_ms * interval '1 millisecond', '', false from p, clock k),
linked as (select * from p),
{chain}
select ord::int4, (select now from clock) from p
)sql"
