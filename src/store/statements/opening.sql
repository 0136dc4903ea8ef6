R"sql(
-- The attempts that are opened and closed in one commit. $56 kind, $57 amount, $58 currency, $59 encoder version,
-- $60 parameters.
opening as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, ($56::text[])[ord::int4], ($57::int8[])[ord::int4],
           ($58::bpchar[])[ord::int4], ($60::jsonb[])[ord::int4], psp, ($49::text[])[ord::int4],
           ($59::int2[])[ord::int4], actor, request_id, k.now from p, clock k)
)sql"
