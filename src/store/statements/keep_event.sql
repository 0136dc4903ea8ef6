R"sql(
-- Events as they came, before they are acknowledged. Of one that is handled or waits already nothing is written; one that is
-- parked is due again. Codes: 0 kept, 1 waits already, 2 due again, 3 handled.
with x as materialized (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::text[], $7::int2[], $8::timestamptz[],
                         $9::timestamptz[], $10::bytea[])
        with ordinality as x(id, psp, psp_account, live, event_id, type, weight, created_at, received_at, body, ord)),
clock as materialized (select florin_now() as now),
handled as materialized (
    select x.ord from x
    join psp_event_ids h on h.event_id = x.event_id and h.psp = x.psp and h.psp_account = x.psp_account and h.live = x.live),
fresh as materialized (select * from x where (ord in (select ord from handled)) is not true),
opened as (
    insert into open_psp_events as o (event_id, psp, psp_account, live, id, type, weight, received_at, next_try, lease_until,
                                      generation, tries, lapses, parked, replayed, why)
    select event_id, psp, psp_account, live, id, type, weight, k.now, k.now, k.now, 0, 0, 0, false, false, ''
    from fresh, clock k order by event_id collate "C", psp, psp_account, live
    on conflict (event_id, psp, psp_account, live) do update
        set parked = false, next_try = excluded.next_try, tries = 0, lapses = 0 where o.parked
    returning o.event_id, o.psp, o.psp_account, o.live, o.id),
told as materialized (
    select x.ord, case when h.ord is not null then 3 when o.id is null then 1 when o.id = x.id then 0 else 2 end as code
    from x
    left join handled h on h.ord = x.ord
    left join opened o on o.event_id = x.event_id and o.psp = x.psp and o.psp_account = x.psp_account and o.live = x.live),
kept as (
    insert into psp_events (id, psp, psp_account, live, event_id, type, weight, created_at, received_at, body)
    select id, psp, psp_account, live, event_id, type, weight, created_at, received_at, body
    from x where (ord in (select ord from told where code = 0)) is true)
select ord::int4, code::int2 from told
)sql"
