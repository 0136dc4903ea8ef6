R"sql(
-- What the worker comes back to: authorizations while something is held, successes while they may be taken back.
-- $41 PSP accounts, $42 holds (null: as before), $43 first look and $44 end of the watch in ms; of the batch $45 begin to
-- be held, $46 are held no longer, $47 are watched.
holding as (
    insert into held_authorizations (payment_id, merchant_id, psp, psp_account, capture_before, next_look)
    select payment_id, merchant_id, psp, ($41::text[])[ord::int4], capture_before, capture_before
    from p where $45::int8 > 0 and ($42::bool[])[ord::int4] on conflict do nothing),
released as (
    delete from held_authorizations where payment_id = any ((
        select array_agg(payment_id) from p where $46::int8 > 0 and not ($42::bool[])[ord::int4])::uuid[])),
watching as (
    insert into watched_operations (operation_id, attempt, payment_id, psp, psp_account, psp_reference, succeeded_at, until,
                                    next_look)
    select operation_id, attempt, payment_id, psp, ($41::text[])[ord::int4], reference, k.now,
           k.now + ($44::int8[])[ord::int4] * interval '1 millisecond',
           k.now + ($43::int8[])[ord::int4] * interval '1 millisecond'
    from p, clock k where $47::int8 > 0 and ($43::int8[])[ord::int4] is not null)
)sql"
