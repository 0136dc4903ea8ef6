R"sql(
-- Every result and every change of status stands in exactly one link, the result in the one that it names.
with {items},
named as (
    select operation_id, attempt, sequence, count(*) as links, min(writer) as writer, min(link) as link
    from items group by operation_id, attempt, sequence)
select 'pay_' || r.payment_id || ' op_' || r.operation_id || '-' || r.attempt as subject,
       'its result names writer ' || r.writer || ' link ' || r.link || '; it stands in '
           || case when n.links = 1 then 'writer ' || n.writer || ' link ' || n.link else coalesce(n.links, 0) || ' links' end
           as detail
from operation_results r
left join named n on n.operation_id = r.operation_id and n.attempt = r.attempt and n.sequence = r.version
where (n.links = 1 and n.writer = r.writer and n.link = r.link) is not true
union all
select 'pay_' || a.payment_id || ' op_' || a.operation_id || '-' || a.attempt || ' sequence ' || a.sequence,
       'the change ' || a.change || ' stands in ' || coalesce(n.links, 0) || ' links'
from payment_audit_log a
left join named n on n.operation_id = a.operation_id and n.attempt = a.attempt and n.sequence = a.sequence
where n.links is distinct from 1
union all
select 'writer ' || n.writer || ' link ' || n.link,
       'it names op_' || coalesce(n.operation_id::text, '?') || '-' || coalesce(n.attempt::text, '?') || ' sequence '
           || coalesce(n.sequence::text, '?') || ', which changed nothing'
from named n
left join operation_results r on r.operation_id = n.operation_id and r.attempt = n.attempt and r.version = n.sequence
left join payment_audit_log a on a.operation_id = n.operation_id and a.attempt = n.attempt and a.sequence = n.sequence
where r.operation_id is null and a.operation_id is null
)sql"
