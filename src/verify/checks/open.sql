R"sql(
-- Nobody forgotten: a payment whose creation is open has exactly one open row, that of the creation; a settled one has open rows
-- of later operations alone, and those of a void or an expiry stand alone (rule 22).
-- What answers a late success stands beside all of them.
with rows_of as (
    select payment_id, count(*) as open_rows, count(*) filter (where kind in ('sale', 'authorize')) as creations,
           count(*) filter (where kind in ('void', 'expire')) as releases
    from open_operations where kind not in ('late_void', 'late_refund') group by payment_id)
select 'pay_' || p.id as subject,
       case when coalesce(n.creations, 0) <> case when p.status in ('pending', 'requires_action') then 1 else 0 end
                then 'it is ' || p.status || ' and has ' || coalesce(n.creations, 0) || ' open rows of its creation'
            when n.open_rows > 1 and n.creations + n.releases > 0
                then 'a creation, void or expiry is open beside ' || n.open_rows - 1 || ' others' end as detail
from payments p left join rows_of n on n.payment_id = p.id
union all
select 'op_' || n.operation_id || '-' || n.attempt,
       case when o.operation_id is null then 'its open row has no attempt of pay_' || n.payment_id
            when r.operation_id is not null then 'it has an open row and ended as ' || r.outcome
            when (n.kind, n.psp, n.psp_account) <> (o.kind, o.psp, o.psp_account)
                then concat_ws(' ', 'its open row says', n.kind, n.psp, n.psp_account, 'and its attempt', o.kind, o.psp,
                               o.psp_account)
            when n.generation < 1 then 'its generation is ' || n.generation end
from open_operations n
left join operations o on o.payment_id = n.payment_id and o.operation_id = n.operation_id and o.attempt = n.attempt
left join operation_results r on r.operation_id = n.operation_id and r.attempt = n.attempt
)sql"
