R"sql(
-- The judgements of attempts, one row each, sorted by payment id. $1 writer, $2 how many claim a reference.
x as materialized (
    select * from unnest($3::uuid[], $4::uuid[], $5::int2[], $6::int4[], $7::int4[], $8::int4[], $9::bool[], $10::text[],
                         $11::text[], $12::int8[], $13::int8[], $14::int8[], $15::int8[], $16::int8[], $17::int8[],
                         $18::int8[], $19::int8[], $20::bool[], $21::text[], $22::text[], $23::text[], $24::text[],
                         $25::timestamptz[], $26::timestamptz[], $27::timestamptz[], $28::text[], $29::text[], $30::int2[],
                         $31::text[], $32::text[], $33::text[], $34::text[], $35::bytea[], $36::text[], $37::text[],
                         $38::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, version, generation, needs_generation, status,
                             change, authorized, capturing, captured, refunding, refunded, voiding,
                             voided, expired, multiple_captures, psp_reference, failure_code, failure_reason, next_action,
                             capture_before, updated_at, at, outcome, reason, http_status,
                             psp, claims, reference, body, digest, actor, details,
                             request_id, ord))
)sql"
