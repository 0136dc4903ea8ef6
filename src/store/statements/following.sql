R"sql(
-- What the worker comes back to: authorizations while something is held, successes while they may be taken back.
-- $48 PSP accounts, $49 holds (null: as before), $50 first look and $51 end of the watch in ms; of the batch $52 begin to
-- be held, $53 are held no longer, $54 are watched.
holding as (
    insert into held_authorizations (payment_id, psp, psp_account, capture_before, next_look)
    select payment_id, psp, ($48::text[])[ord::int4], capture_before, capture_before
    from p where $52::int8 > 0 and ($49::bool[])[ord::int4] on conflict do nothing),
released as (
    delete from held_authorizations where payment_id = any ((
        select array_agg(payment_id) from p where $53::int8 > 0 and not ($49::bool[])[ord::int4])::uuid[])),
watching as (
    insert into watched_operations (operation_id, attempt, payment_id, psp, psp_account, psp_reference, succeeded_at, until,
                                    next_look)
    select operation_id, attempt, payment_id, psp, ($48::text[])[ord::int4], reference, k.now,
           k.now + ($51::int8[])[ord::int4] * interval '1 millisecond',
           k.now + ($50::int8[])[ord::int4] * interval '1 millisecond'
    from p, clock k where $54::int8 > 0 and ($50::int8[])[ord::int4] is not null)
)sql"
