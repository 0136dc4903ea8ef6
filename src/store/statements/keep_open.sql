R"sql(
-- Judgements that keep the attempt open: evidence on the open row, from the lease holder or not (rule 26), and the payment
-- with its audit row and link where it changes. Only the holder releases the lease and parks; news from somebody else
-- takes an operation out of parking, and parking is refused while there is news that its holder has not seen. An open row is
-- looked for by its key alone, as in settle.
-- $31 next try in ms, $32 park, $33 fences.
with {judged},
clock as materialized (select florin_now() as now),
c as materialized (
    select x.* from x cross join lateral (
        select from open_operations o where o.operation_id = x.operation_id and o.attempt = x.attempt offset 0) o),
{claims},
p as ({payment} and w.version <> w.expected_version returning w.*),
still as materialized (select * from p union all select * from w where version = expected_version),
noted as (
    update open_operations o
    set evidence = s.details, psp_reference = coalesce(s.reference, o.psp_reference),
        fenced_at = case when ($33::bool[])[s.ord::int4] then coalesce(o.fenced_at, k.now) else o.fenced_at end,
        tries = o.tries + (o.generation = s.generation)::int,
        parked = ($32::bool[])[s.ord::int4] and o.generation = s.generation and not o.news,
        news = o.news or o.generation <> s.generation,
        lease_until = case when o.generation = s.generation and ($31::int8[])[s.ord::int4] is not null then k.now
                           else o.lease_until end,
        next_try = case when o.generation = s.generation and ($31::int8[])[s.ord::int4] is not null
                            then k.now + ($31::int8[])[s.ord::int4] * interval '1 millisecond'
                        when o.generation <> s.generation and o.parked then k.now
                        else o.next_try end
    from still s, clock k
    where o.operation_id = any ((select array_agg(operation_id) from still)::uuid[])
        and o.operation_id = s.operation_id and o.attempt = s.attempt
    returning s.ord),
linked as materialized (select p.*, ($11::int8[])[9 * ord::int4]::int4 as event from p where change is not null),
{interim},
{chain}
select ord::int4, 0::int2 from noted
union all
select ord::int4, 1::int2 from standing where not own
)sql"
