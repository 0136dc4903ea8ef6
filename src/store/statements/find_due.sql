R"sql(
-- What is due of a PSP account ($1, $2, live $3) in kinds $5: the oldest first, $4 at the most. What was hardly looked at yet
-- and has become due within the last minute stands at four times its place among its like: behind a backlog of hours it would
-- wait for all of that, and this way it costs the backlog a quarter of its rate at the most.
with clock as materialized (select florin_now() as now),
due as not materialized (
    select operation_id, tries, next_try from open_operations
    where next_try <= (select now from clock) and lease_until <= (select now from clock)
        and psp = $1::text and psp_account = $2::text and florin_is_live(operation_id) = $3::bool and kind = any ($5::text[])),
oldest as (select operation_id, next_try from due order by next_try limit $4::int8),
fresh as (
    select operation_id, next_try from due
    where tries <= 1 and next_try > (select now from clock) - interval '1 minute' order by next_try limit $4 / 4),
placed as (
    select operation_id, row_number() over (order by next_try) as place from oldest
    union all
    select operation_id, 4 * row_number() over (order by next_try) from fresh)
select operation_id from placed group by operation_id order by min(place) limit $4
)sql"
