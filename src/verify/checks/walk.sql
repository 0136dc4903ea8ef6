R"sql(
-- Result by result: within the limits, each a version of its own, and an audit row exactly where the status changed.
with {history},
walk as (
    select h.*, lag(h.status) over (partition by h.payment_id order by h.version, h.refused) as before from history h)
select 'pay_' || h.payment_id || ' op_' || h.operation_id || '-' || h.attempt as subject,
       case when h.captured + h.released > h.authorized
                then concat('after it captured ', h.captured, ' and released ', h.released, ' were more than the authorized ', h.authorized)
            when h.refunded > h.captured
                then 'after it refunded ' || h.refunded || ' was more than the captured ' || h.captured
            when h.makers > 1 then h.makers || ' results made version ' || h.version
            when h.kind = 'capture' and h.outcome = 'approved' and h.parameters -> 'final' = 'true'
                and h.captured + h.released < h.authorized
                then 'after this final capture ' || h.authorized - h.captured - h.released || ' was still held'
            when a.operation_id is null and h.status is distinct from h.before
                then 'it made the payment ' || h.status || ' from ' || coalesce(h.before, 'pending') || ' without an audit row'
            when split_part(a.change, '>', 2) <> h.status
                then 'it made the payment ' || h.status || ', its audit row says ' || a.change end as detail
from walk h left join payment_audit_log a on a.operation_id = h.operation_id and a.sequence = h.version
)sql"
