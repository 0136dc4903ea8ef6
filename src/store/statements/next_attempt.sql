R"sql(
-- Opens attempt n+1 where n is the last and is not_executed (rule 3) and reopens the payment, or reserves on it again; the
-- compare-and-set of its version decides between two that try. What answers a late success stands beside the payment, perhaps at
-- another PSP.
with x as materialized (
    select * from unnest($2::uuid[], $3::uuid[], $4::int2[], $5::int4[], $6::text[], $7::text[], $8::int8[], $9::int8[],
                         $10::int8[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::text[],
                         $17::int8[], $18::bpchar[], $19::jsonb[], $20::text[], $21::text[], $22::int2[], $23::text[],
                         $24::uuid[], $25::timestamptz[], $26::bytea[], $27::int8[], $28::int8[], $29::int8[], $30::text[],
                         $31::int4[], $32::text[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, status, change, capturing, refunding,
                             voiding, psp_reference, failure_code, failure_reason, next_action, updated_at, kind,
                             amount, currency, parameters, psp, psp_account, encoder_version, actor,
                             request_id, at, digest, lease_ms, call_ms, execute_ms, details, event, body, ord)),
clock as materialized (select florin_now() as now),
c as materialized (
    select x.*, expected_version + 1 as version from x
    join operation_results r on r.operation_id = x.operation_id and r.attempt = x.attempt - 1 and r.outcome = 'not_executed'
    where not exists (select from operations o where o.payment_id = x.payment_id and o.operation_id = x.operation_id
                                                 and o.attempt = x.attempt)),
p as (
    update payments q
    set status = c.status, version = c.version, capturing = c.capturing, refunding = c.refunding, voiding = c.voiding,
        psp = case when c.parameters ? 'late' then q.psp else c.psp end,
        psp_account = case when c.parameters ? 'late' then q.psp_account else c.psp_account end,
        psp_reference = c.psp_reference, failure_code = c.failure_code,
        failure_reason = c.failure_reason, next_action = c.next_action, events = c.event, updated_at = c.updated_at
    from c where q.id = c.payment_id and q.version = c.expected_version returning c.*),
o as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account, encoder_version, actor,
           request_id, k.now from p, clock k),
n as (
    insert into open_operations (operation_id, payment_id, attempt, kind, psp, psp_account, generation, lease_until,
                                 send_until, execute_until, tries, next_try, evidence, parked)
    select operation_id, payment_id, attempt, kind, psp, psp_account, 1, k.now + lease_ms * interval '1 millisecond',
           k.now + call_ms * interval '1 millisecond', k.now + execute_ms * interval '1 millisecond', 0,
           k.now + lease_ms * interval '1 millisecond', '', false from p, clock k),
linked as materialized (select * from p where change is not null),
{interim},
{chain}
select ord::int4, (select now from clock) from p
)sql"
