R"sql(
-- Takes up to $5 due events of an account ($1 psp, $2 name, $3 live) for $4 ms: outcomes first, then the others. One that was
-- taken $6 times in a row and never ended is parked instead; from half of that on one is a suspect: it is taken without others
-- of its kind, so that a poisonous one does not have its neighbours parked, and is in no other's way however many there are.
-- Suspects are among the oldest, because taking does not move what is due. One that was handled while it came in once more is
-- gone. What was chosen is found by its id alone, as in finish_events.
with clock as materialized (select florin_now() as now),
oldest as materialized (
    (select event_id, weight, next_try, lapses from open_psp_events
     where psp = $1::text and psp_account = $2::text and live = $3::bool and not parked and weight = 0
         and next_try <= (select now from clock) and lease_until <= (select now from clock)
     order by next_try limit 4 * $5::int8)
    union all
    (select event_id, weight, next_try, lapses from open_psp_events
     where psp = $1::text and psp_account = $2::text and live = $3::bool and not parked and weight = 1
         and next_try <= (select now from clock) and lease_until <= (select now from clock)
     order by next_try limit 4 * $5::int8)),
suspects as materialized (
    select o.event_id, o.weight, o.next_try, o.lapses, o.replayed
    from (select event_id from oldest where lapses >= $6::int2 / 2 order by weight, next_try) s
    join open_psp_events o on o.event_id = s.event_id
        and (o.psp, o.psp_account, o.live, o.parked) is not distinct from ($1, $2, $3, false)
        and o.lease_until <= (select now from clock)
    limit 1 for update of o skip locked),
outcomes as materialized (
    select event_id, weight, next_try, lapses, replayed from open_psp_events
    where psp = $1 and psp_account = $2 and live = $3 and not parked and weight = 0 and lapses < $6 / 2
        and next_try <= (select now from clock) and lease_until <= (select now from clock)
    order by next_try limit $5 - (select count(*) from suspects) for update skip locked),
others as materialized (
    select event_id, weight, next_try, lapses, replayed from open_psp_events
    where psp = $1 and psp_account = $2 and live = $3 and not parked and weight = 1 and lapses < $6 / 2
        and next_try <= (select now from clock) and lease_until <= (select now from clock)
    order by next_try limit $5 - (select count(*) from suspects) - (select count(*) from outcomes)
    for update skip locked),
due as materialized (
    select * from suspects union all select * from outcomes union all select * from others),
known as materialized (
    select d.event_id from due d
    join psp_event_ids h on h.event_id = d.event_id and (h.psp, h.psp_account, h.live) is not distinct from ($1, $2, $3)
    where not d.replayed),
gone as (
    delete from open_psp_events o using known k
    where o.event_id = k.event_id and (o.psp, o.psp_account, o.live) is not distinct from ($1, $2, $3)),
taken as (
    update open_psp_events o
    set generation = o.generation + 1, tries = o.tries + (d.lapses < $6::int2)::int, lapses = o.lapses + 1,
        lease_until = case when d.lapses < $6 then k.now + $4::int8 * interval '1 millisecond' else k.now end,
        parked = d.lapses >= $6, why = case when d.lapses < $6 then o.why else 'taken and never heard of again' end
    from due d cross join clock k
    where o.event_id = d.event_id and (o.psp, o.psp_account, o.live) is not distinct from ($1, $2, $3)
        and (d.event_id in (select event_id from known)) is not true
    returning o.event_id, o.id, o.type, o.generation, o.tries, o.parked, o.received_at, d.weight, d.next_try)
select t.event_id, t.id, t.type, t.generation, t.tries, t.parked, t.received_at, coalesce(e.body, '')
from taken t left join psp_events e on e.id = t.id
order by t.weight, t.next_try
)sql"
