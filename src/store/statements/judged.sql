R"sql(
-- The judgements of attempts, one row each, sorted by payment id. $1 writer, $2 items, $3 how many claim a reference.
x as materialized (
    select * from unnest($4::uuid[], $5::uuid[], $6::int2[], $7::int4[], $8::int4[], $9::bool[], $10::text[],
                         $11::text[], $12::int8[], $13::int8[], $14::text[], $15::text[], $16::text[],
                         $17::text[], $18::timestamptz[], $19::timestamptz[], $20::text[], $21::text[], $22::int2[],
                         $23::text[], $24::text[], $25::text[], $26::bytea[], $27::text[], $28::text[], $29::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, generation, needs_generation, status,
                             change, authorized, captured, psp_reference, failure_code, failure_reason,
                             next_action, capture_before, at, outcome, reason, http_status,
                             psp, claims, body, digest, actor, details, request_id, ord))
)sql"
