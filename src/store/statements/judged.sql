R"sql(
-- The judgements of attempts, one row each, sorted by payment id. $1 writer.
x as materialized (
    select * from unnest($2::uuid[], $3::uuid[], $4::int2[], $5::int4[], $6::int4[], $7::int4[], $8::bool[], $9::text[],
                         $10::text[], $11::int8[], $12::int8[], $13::int8[], $14::int8[], $15::int8[], $16::int8[],
                         $17::int8[], $18::int8[], $19::bool[], $20::text[], $21::text[], $22::text[], $23::text[],
                         $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::text[], $28::text[], $29::int2[],
                         $30::text[], $31::text[], $32::text[], $33::text[], $34::bytea[], $35::text[], $36::text[],
                         $37::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, version, generation, needs_generation, status,
                             change, authorized, capturing, captured, refunding, refunded, voiding,
                             voided, expired, multiple_captures, psp_reference, failure_code, failure_reason, next_action,
                             capture_before, updated_at, at, outcome, reason, http_status,
                             psp, claims, reference, body, digest, actor, details,
                             request_id, ord))
)sql"
