R"sql(
-- Every result and every change of status stands in exactly one link, the result in the one that it names; no link names more.
with {items},
told as (
    select operation_id, attempt, sequence, writer, link, null::int2 as own_writer, null::int8 as own_link, true as is_item from items
    union all
    select operation_id, attempt, version, null, null, writer, link, false from operation_results
    union all
    select operation_id, attempt, sequence, null, null, null, null, false from payment_audit_log),
by_change as (
    select operation_id, attempt, sequence, count(*) filter (where is_item) as links, bool_and(is_item) as is_unknown,
           min(writer) as writer, min(link) as link, min(own_writer) as own_writer, min(own_link) as own_link
    from told group by operation_id, attempt, sequence)
select case when is_unknown then 'writer ' || writer || ' link ' || link
            else 'op_' || operation_id || '-' || attempt || ' sequence ' || sequence end as subject,
       case when is_unknown
                then concat('it names op_', coalesce(operation_id::text, '?'), '-', coalesce(attempt::text, '?'), ' sequence ',
                            coalesce(sequence::text, '?'), ', which changed nothing')
            when links <> 1 then 'it stands in ' || links || ' links'
            when writer <> own_writer or link <> own_link
                then concat('its result names writer ', own_writer, ' link ', own_link, '; it stands in writer ', writer, ' link ',
                            link) end as detail
from by_change
)sql"
