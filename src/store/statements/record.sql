R"sql(
-- Operations that are opened and closed in one commit without a PSP call: refusals stored under their key, and successes
-- that the PSP took back. The payments are locked in id order and compared before anything is claimed (rule 20); a payment
-- that nothing changes keeps its version. $53 key ('': none), $54 fingerprint, $55 the operation that is reversed; of a late
-- success that cannot be undone $56 its operation, $57 its attempt, $58 the PSP's object, $59 whether it made that: it is then
-- claimed for that operation, and what is another's makes the record lose.
with {judged},
clock as materialized (select florin_now() as now),
c as materialized (
    select x.*, q.merchant_id, q.live from x
    join payments q on q.id = x.payment_id and q.version = x.expected_version for no key update of q),
keyed as (
    insert into idempotency_keys (merchant_id, live, key, operation_id, payment_id, fingerprint, created_at)
    select merchant_id, live, ($53::text[])[ord::int4], operation_id, payment_id, ($54::bytea[])[ord::int4], at
    from c where ($53::text[])[ord::int4] <> '' order by 1, 2, 3
    on conflict do nothing returning operation_id),
reversed as (
    insert into operation_reversals (operation_id, reversed_by, payment_id, created_at)
    select ($55::uuid[])[ord::int4], operation_id, payment_id, at
    from c where ($55::uuid[])[ord::int4] is not null order by 1
    on conflict do nothing returning reversed_by),
claimed as (
    insert into psp_references (psp, psp_reference, operation_id, attempt, payment_id)
    select psp, ($58::text[])[ord::int4], ($56::uuid[])[ord::int4], ($57::int2[])[ord::int4], payment_id
    from c where ($59::bool[])[ord::int4] order by 1, 2
    on conflict do nothing returning operation_id),
taken as materialized (
    select c.ord from c
    where ($59::bool[])[c.ord::int4] and (($56::uuid[])[c.ord::int4] in (select operation_id from claimed)) is not true
        and not exists (select from psp_references r where r.psp = c.psp and r.psp_reference = ($58::text[])[c.ord::int4]
                                                       and r.operation_id = ($56::uuid[])[c.ord::int4])),
late as (
    insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, compensated_by, created_at)
    select ($56::uuid[])[ord::int4], ($57::int2[])[ord::int4], payment_id, psp, ($58::text[])[ord::int4], operation_id, at
    from c where ($56::uuid[])[ord::int4] is not null and (ord in (select ord from taken)) is not true order by 1, 2
    on conflict do nothing returning compensated_by),
w as materialized (
    select * from c where (operation_id in (select operation_id from keyed)) is true
                       or (operation_id in (select reversed_by from reversed)) is true
                       or (operation_id in (select compensated_by from late)) is true),
moved as ({payment} and w.version <> w.expected_version returning w.ord),
p as materialized (select * from w where version = expected_version or (ord in (select ord from moved)) is true),
{opening},
linked as (
    select p.*, case when version = expected_version then 0 else ($11::int8[])[9 * ord::int4]::int4 end as event from p),
{chain},
{posting},
{following},
unwatched as (
    delete from watched_operations
    where operation_id = any ((select array_agg(($55::uuid[])[ord::int4]) from p)::uuid[]))
select ord::int4, 0::int2 from p
union all
select ord::int4, case when (ord in (select ord from taken)) is true then 1
                       when ($53::text[])[ord::int4] <> '' then 2 else 3 end::int2
from c where (select n from won) < cardinality($3::uuid[]) and (ord in (select ord from p)) is not true
)sql"
