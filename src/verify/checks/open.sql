R"sql(
-- Nobody forgotten: an open payment has exactly one open row, a settled one none.
with rows_of as (select payment_id, count(*) as open_rows from open_operations group by payment_id)
select 'pay_' || p.id as subject, 'it is ' || p.status || ' and has ' || coalesce(n.open_rows, 0) || ' open rows' as detail
from payments p left join rows_of n on n.payment_id = p.id
where coalesce(n.open_rows, 0) <> case when p.status in ('pending', 'requires_action') then 1 else 0 end
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
