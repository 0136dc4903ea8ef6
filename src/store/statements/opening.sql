R"sql(
-- The attempts that are opened and closed in one commit. $48 kind, $49 amount, $50 currency, $51 encoder version,
-- $52 parameters.
opening as (
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id, recorded_at)
    select payment_id, operation_id, attempt, ($48::text[])[ord::int4], ($49::int8[])[ord::int4],
           ($50::bpchar[])[ord::int4], ($52::jsonb[])[ord::int4], psp, ($41::text[])[ord::int4],
           ($51::int2[])[ord::int4], actor, request_id, k.now from p, clock k)
)sql"
