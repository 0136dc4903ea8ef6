R"sql(
-- The changes of a payment are a legal walk from pending to its status. The end of an attempt has a result behind it.
with walk as (
    select payment_id, operation_id, attempt, sequence, change, actor, split_part(change, '>', 1) as old,
           split_part(change, '>', 2) as new, split_part(lag(change::text, 1, '>pending') over w, '>', 2) as before,
           lead(sequence) over w is null as is_last
    from payment_audit_log a window w as (partition by payment_id order by sequence))
select 'pay_' || a.payment_id || ' op_' || a.operation_id || '-' || a.attempt || ' sequence ' || a.sequence as subject,
       case when p.id is null then 'its payment does not exist'
            when o.operation_id is null then 'its attempt does not exist'
            when a.change not in ({legal_changes}) then 'the change ' || a.change || ' is not in the state table'
            when a.old <> a.before then 'the change ' || a.change || ' follows a change to ' || a.before
            when a.is_last and a.new <> p.status then 'the last change is ' || a.change || ', the status is ' || p.status
            when a.sequence < 2 then 'its sequence is that of the creation'
            when a.sequence > p.version then 'its sequence is above the version of its payment, ' || p.version
            when a.new not in ('pending', 'requires_action') and r.operation_id is null then 'no result stands behind ' || a.change
            when a.new in ('pending', 'requires_action', 'failed') and o.kind not in ('sale', 'authorize')
                then 'the change ' || a.change || ' is that of a ' || o.kind
            when a.attempt <> r.attempt then 'the result behind it is of attempt ' || r.attempt
            when a.actor = '' then 'it names no actor' end as detail
from walk a
left join payments p on p.id = a.payment_id
left join operations o on o.payment_id = a.payment_id and o.operation_id = a.operation_id and o.attempt = a.attempt
left join operation_results r on r.operation_id = a.operation_id and r.version = a.sequence
union all
select 'pay_' || p.id, 'its status is ' || p.status || ' without any change'
from payments p left join payment_audit_log a on a.payment_id = p.id
where p.status <> 'pending' and a.payment_id is null
)sql"
