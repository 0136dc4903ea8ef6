R"sql(
-- New payments: claims the keys, writes payment, attempt 1 and its open row of those that won. A key that is taken loses
-- alone. "is true" keeps the sub-select a hashed subplan.
with x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[], $5::text[], $6::bytea[], $7::int8[], $8::bpchar[],
                         $9::text[], $10::bool[], $11::text[], $12::jsonb[], $13::text[], $14::text[], $15::text[],
                         $16::text[], $17::int2[], $18::text[], $19::uuid[], $20::timestamptz[], $21::int8[], $22::int8[],
                         $23::int8[], $24::bool[], $25::jsonb[])
        with ordinality as x(payment_id, operation_id, merchant_id, live, key, fingerprint, amount, currency,
                             payment_method, capture, description, metadata, return_url, psp, psp_account,
                             kind, encoder_version, actor, request_id, created_at, lease_ms, call_ms,
                             execute_ms, multiple_captures, parameters, ord)),
clock as materialized (select florin_now() as now),
claimed as (
    insert into idempotency_keys (merchant_id, live, key, operation_id, payment_id, fingerprint, created_at)
    select merchant_id, live, key, operation_id, payment_id, fingerprint, created_at from x
    on conflict do nothing returning operation_id),
w as materialized (select * from x where (operation_id in (select operation_id from claimed)) is true),
p as (
    insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded,
                          voiding, voided, expired, status, version, payment_method, capture, multiple_captures, description,
                          metadata, return_url, psp, psp_account, created_at, updated_at)
    select payment_id, merchant_id, live, amount, currency, 0, 0, 0, 0, 0, 0, 0, 0, 'pending', 1, payment_method, capture,
           multiple_captures, description, metadata, return_url, psp, psp_account, created_at, created_at from w),
o as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, 1, kind, amount, currency, parameters, psp, psp_account, encoder_version, actor,
           request_id, (select now from clock) from w),
n as (
    insert into open_operations (operation_id, payment_id, attempt, kind, psp, psp_account, generation, lease_until,
                                 send_until, execute_until, tries, next_try, evidence, parked)
    select operation_id, payment_id, 1, kind, psp, psp_account, 1, k.now + lease_ms * interval '1 millisecond',
           k.now + call_ms * interval '1 millisecond', k.now + execute_ms * interval '1 millisecond', 0,
           k.now + lease_ms * interval '1 millisecond', '', false from w, clock k)
select ord::int4, (select now from clock) from w
)sql"
