R"sql(
-- Every result and every change of status stands in exactly one link, the result in the one that it names; no link names more.
with {items},
named as (
    select operation_id, attempt, sequence, count(*) as links, min(writer) as writer, min(link) as link
    from items group by operation_id, attempt, sequence),
changed as (
    select operation_id, attempt, version as sequence, payment_id, writer, link from operation_results
    union all
    select a.operation_id, a.attempt, a.sequence, a.payment_id, null, null
    from payment_audit_log a
    left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt and r.version = a.sequence
    where r.operation_id is null)
select case when c.payment_id is null then 'writer ' || n.writer || ' link ' || n.link
            else 'pay_' || c.payment_id || ' op_' || operation_id || '-' || attempt || ' sequence ' || sequence end as subject,
       case when c.payment_id is null
                then concat('it names op_', coalesce(operation_id::text, '?'), '-', coalesce(attempt::text, '?'), ' sequence ',
                            coalesce(sequence::text, '?'), ', which changed nothing')
            when n.links is distinct from 1 then 'it stands in ' || coalesce(n.links, 0) || ' links'
            when n.writer <> c.writer or n.link <> c.link
                then concat('its result names writer ', c.writer, ' link ', c.link, '; it stands in writer ', n.writer, ' link ',
                            n.link) end as detail
from changed c full join named n using (operation_id, attempt, sequence)
)sql"
