R"sql(
-- payments::derive_status in SQL. While the creation's last attempt is open its payer decides between pending and
-- requires_action, which the check "audit" follows. Without an open operation the version is that of the last result; with one
-- it is not below it.
with last as (
    select o.payment_id, o.psp, r.outcome
    from (select distinct on (payment_id) * from operations where kind in ('sale', 'authorize') order by payment_id, attempt desc) o
    left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt),
derived as (
    select p.*, l.outcome, l.psp as last_psp, case
               when p.refunded > 0 then case when p.refunded < p.captured then 'partially_refunded' else 'refunded' end
               when p.captured > 0 then case when p.captured < p.authorized then 'partially_captured' else 'captured' end
               when p.authorized > p.voided + p.expired then 'authorized'
               when p.expired > 0 then 'expired'
               when p.authorized > 0 then 'voided'
               when l.outcome = 'approved' then 'no amount at all'
               when l.outcome is not null then 'failed'
               when p.status = 'requires_action' then p.status
               else 'pending' end as expected
    from payments p left join last l on l.payment_id = p.id)
select 'pay_' || d.id as subject,
       case when d.status <> d.expected then 'its status is ' || d.status || ', its amounts and results make ' || d.expected
            when n.payment_id is null and d.version <> r.version
                then 'its version is ' || d.version || ', that of its last result is ' || r.version
            when d.version < coalesce(r.version, 1)
                then concat('its version is ', d.version, ', that of its last result is ', r.version)
            when d.psp <> d.last_psp then 'its PSP is ' || d.psp || ', that of its last attempt is ' || d.last_psp
            when (d.failure_code is not null) <> (d.status = 'failed')
                or (d.outcome = 'not_executed') <> (d.failure_code = 'not_executed')
                then 'its status is ' || d.status || ' after ' || coalesce(d.outcome, 'no result') || ' with failure_code '
                     || coalesce(d.failure_code, 'null')
            when d.next_action is not null and d.status <> 'requires_action' then 'it is ' || d.status || ' with a next_action'
       end as detail
from derived d
left join (select payment_id, max(version) as version from operation_results group by payment_id) r on r.payment_id = d.id
left join (select distinct payment_id from open_operations) n on n.payment_id = d.id
)sql"
