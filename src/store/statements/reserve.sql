R"sql(
-- New operations on existing payments: locks the payments in id order and compares their versions, claims the keys of those
-- that pass (rule 20: what lost its version claims nothing, and a taken key takes no reservation), writes reservation,
-- attempt 1 and its open row. Without a row in the answer the version moved; without a time the key is taken.
with x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::text[], $8::bytea[],
                         $9::text[], $10::int8[], $11::bpchar[], $12::jsonb[], $13::text[], $14::text[], $15::int2[],
                         $16::text[], $17::uuid[], $18::int8[], $19::int8[], $20::int8[])
        with ordinality as x(payment_id, operation_id, expected_version, capturing, refunding, voiding, key, fingerprint,
                             kind, amount, currency, parameters, psp, psp_account, encoder_version,
                             actor, request_id, lease_ms, call_ms, execute_ms, ord)),
clock as materialized (select florin_now() as now),
c as materialized (
    select x.*, q.merchant_id, q.live from x
    join payments q on q.id = x.payment_id and q.version = x.expected_version for no key update of q),
claimed as (
    insert into idempotency_keys (merchant_id, live, key, operation_id, payment_id, fingerprint, created_at)
    select merchant_id, live, key, operation_id, payment_id, fingerprint, k.now
    from c, clock k where key <> '' order by merchant_id, live, key
    on conflict do nothing returning operation_id),
w as materialized (
    select * from c where key = '' or (operation_id in (select operation_id from claimed)) is true),
p as (
    update payments q
    set version = q.version + 1, capturing = w.capturing, refunding = w.refunding, voiding = w.voiding
    from w where q.id = w.payment_id and q.version = w.expected_version returning w.*),
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
           k.now + lease_ms * interval '1 millisecond', '', false from p, clock k)
select ord::int4, (select now from clock) from p
union all
select ord::int4, null::timestamptz
from c where (select count(*) from p) < cardinality($2::uuid[]) and (ord in (select ord from p)) is not true
)sql"
