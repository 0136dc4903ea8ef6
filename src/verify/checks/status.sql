R"sql(
-- payments::derive_status in SQL. While the last attempt is open its payer decides between pending and requires_action, which
-- the check "audit" follows. The version is that of the last result; before there is one, nothing below the last change.
with last as (
    select o.payment_id, o.attempt, o.psp, r.outcome, r.version
    from (select distinct on (payment_id) * from operations order by payment_id, attempt desc) o
    left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt),
derived as (
    select p.*, l.outcome, l.version as settled_version, l.psp as last_psp, case
               when p.refunded > 0 then case when p.refunded < p.captured then 'partially_refunded' else 'refunded' end
               when p.captured > 0 then case when p.captured < p.authorized then 'partially_captured' else 'captured' end
               when p.voided > 0 then 'voided'
               when p.authorized > 0 then 'authorized'
               when l.outcome = 'approved' then 'captured'
               when l.outcome is not null then 'failed'
               when p.status = 'requires_action' then p.status
               else 'pending' end as expected
    from payments p left join last l on l.payment_id = p.id)
select 'pay_' || d.id as subject,
       case when d.status <> d.expected then 'its status is ' || d.status || ', its amounts and results make ' || d.expected
            when d.version <> d.settled_version
                then 'its version is ' || d.version || ', that of its last result is ' || d.settled_version
            when d.version < coalesce(c.sequence, 1)
                then 'its version is ' || d.version || ', its last change has ' || c.sequence
            when d.psp <> d.last_psp then 'its PSP is ' || d.psp || ', that of its last attempt is ' || d.last_psp
            when (d.failure_code is not null) <> (d.status = 'failed')
                or (d.outcome = 'not_executed') <> (d.failure_code = 'not_executed')
                then 'its status is ' || d.status || ' after ' || coalesce(d.outcome, 'no result') || ' with failure_code '
                     || coalesce(d.failure_code, 'null')
            when d.next_action is not null and d.status <> 'requires_action' then 'it is ' || d.status || ' with a next_action'
       end as detail
from derived d
left join (select payment_id, max(sequence) as sequence from payment_audit_log group by payment_id) c on c.payment_id = d.id
)sql"
