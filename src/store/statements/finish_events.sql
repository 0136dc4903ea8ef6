R"sql(
-- Ends taken events of an account ($1 psp, $2 name, $3 live) that are still held under their generation: $6 is 0 handled,
-- 1 again after $7 ms, 2 parked; $8 what or why. Rows are locked in the order of keep_event.
with x as materialized (
    select * from unnest($4::text[], $5::int4[], $6::int2[], $7::int8[], $8::text[])
        as x(event_id, generation, ending, delay_ms, words)),
clock as materialized (select florin_now() as now),
held as materialized (
    select o.id, x.* from x
    join open_psp_events o on o.event_id = x.event_id and o.psp = $1::text and o.psp_account = $2::text and o.live = $3::bool
        and o.generation = x.generation and not o.parked
    order by o.event_id for update of o),
remembered as (
    insert into psp_event_ids (event_id, psp, psp_account, live, id, what, handled_at)
    select event_id, $1, $2, $3, id, words, k.now from held, clock k where ending = 0 on conflict do nothing),
gone as (
    delete from open_psp_events o using held h
    where h.ending = 0 and o.event_id = h.event_id and o.psp = $1 and o.psp_account = $2 and o.live = $3),
moved as (
    update open_psp_events o
    set lapses = 0, lease_until = k.now, next_try = k.now + h.delay_ms * interval '1 millisecond', parked = h.ending = 2,
        why = h.words
    from held h cross join clock k
    where h.ending <> 0 and o.event_id = h.event_id and o.psp = $1 and o.psp_account = $2 and o.live = $3)
select count(*) from held
)sql"
