R"sql(
-- The attempts that are opened and closed in one commit. $55 kind, $56 amount, $57 currency, $58 encoder version,
-- $59 parameters.
opening as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, ($55::text[])[ord::int4], ($56::int8[])[ord::int4],
           ($57::bpchar[])[ord::int4], ($59::jsonb[])[ord::int4], psp, ($48::text[])[ord::int4],
           ($58::int2[])[ord::int4], actor, request_id, k.now from p, clock k)
)sql"
