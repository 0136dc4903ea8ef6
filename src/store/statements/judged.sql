R"sql(
-- The judgements of attempts, one row each, sorted by payment id. $1 writer; $11 amounts and events, $12 and $18 are read where
-- the payment is written.
x as materialized (
    select * from unnest($2::uuid[], $3::uuid[], $4::int2[], $5::int4[], $6::int4[], $7::int4[], $8::bool[], $9::text[],
                         $10::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::timestamptz[],
                         $19::timestamptz[], $20::text[], $21::text[], $22::int2[], $23::text[], $24::text[], $25::text[],
                         $26::text[], $27::bytea[], $28::text[], $29::text[], $30::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, expected_version, version, generation, needs_generation, status,
                             change, psp_reference, failure_code, failure_reason, next_action, capture_before,
                             at, outcome, reason, http_status, psp, claims, reference,
                             body, digest, actor, details, request_id, ord))
)sql"
