R"sql(
-- The judgements of attempts, one row each, sorted by payment id. $1 writer, $2 how many claim a reference.
x as materialized (
    select * from unnest($3::uuid[], $4::uuid[], $5::int2[], $6::int4[], $7::int4[], $8::bool[], $9::text[],
                         $10::text[], $11::int8[], $12::int8[], $13::text[], $14::text[], $15::text[],
                         $16::text[], $17::timestamptz[], $18::timestamptz[], $19::text[], $20::text[], $21::int2[],
                         $22::text[], $23::text[], $24::text[], $25::bytea[], $26::text[], $27::text[], $28::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, generation, needs_generation, status,
                             change, authorized, captured, psp_reference, failure_code, failure_reason,
                             next_action, capture_before, at, outcome, reason, http_status,
                             psp, claims, body, digest, actor, details, request_id, ord))
)sql"
