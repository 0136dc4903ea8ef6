R"sql(
-- Ends taken events of an account ($1 psp, $2 name, $3 live) that are still held under their generation: $6 is 0 handled,
-- 1 again after $7 ms, 2 parked; $8 what or why. Rows are locked in the order of keep_event. Neither what is equal for all of a
-- backlog, nor an order or the predicate of an index may lead to a row, only its id: a plan that was made while there was no
-- backlog would go through all of it.
with x as materialized (
    select x.*, row_number() over (order by event_id collate "C") as place
    from unnest($4::text[], $5::int4[], $6::int2[], $7::int8[], $8::text[])
        as x(event_id, generation, ending, delay_ms, words)),
clock as materialized (select florin_now() as now),
held as materialized (
    select o.id, x.* from x
    join open_psp_events o on o.event_id = x.event_id and o.generation = x.generation
        and (o.psp, o.psp_account, o.live, o.parked) is not distinct from ($1::text, $2::text, $3::bool, false)
    order by x.place for update of o),
remembered as (
    insert into psp_event_ids (event_id, psp, psp_account, live, id, what, handled_at)
    select event_id, $1, $2, $3, id, words, k.now from held, clock k where ending = 0 on conflict do nothing),
gone as (
    delete from open_psp_events o using held h
    where h.ending = 0 and o.event_id = h.event_id and (o.psp, o.psp_account, o.live) is not distinct from ($1, $2, $3)),
moved as (
    update open_psp_events o
    set lapses = 0, lease_until = k.now, next_try = k.now + h.delay_ms * interval '1 millisecond', parked = h.ending = 2,
        why = h.words
    from held h cross join clock k
    where h.ending <> 0 and o.event_id = h.event_id and (o.psp, o.psp_account, o.live) is not distinct from ($1, $2, $3))
select count(*) from held
)sql"
