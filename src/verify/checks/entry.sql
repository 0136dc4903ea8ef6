R"sql(
select 'op_' || e.operation_id || ' journal ' || e.kind || ' line ' || e.line as subject,
       case when a.id is null then 'its account ' || e.account_id || ' does not exist'
            when a.currency <> e.currency then 'it is in ' || e.currency || ', its account ' || a.path || ' is not'
            when r.operation_id is null then 'attempt ' || e.attempt || ', which posted it, has no result'
            when r.outcome <> 'approved' then 'attempt ' || e.attempt || ', which posted it, ended as ' || r.outcome
            when r.writer <> e.writer then 'its writer is ' || e.writer || ', that of the result is ' || r.writer
            when r.created_at <> e.created_at then 'it is of ' || e.created_at || ', the result is of ' || r.created_at
            when p.id is null then 'its payment pay_' || r.payment_id || ' does not exist'
            when a.live <> p.live then 'its account ' || a.path || ' is not of the mode of pay_' || p.id
            when e.merchant_id is distinct from a.merchant_id or a.merchant_id <> p.merchant_id
                then 'its merchant is ' || coalesce(e.merchant_id::text, 'none') || ', that of ' || a.path || ' is '
                     || coalesce(a.merchant_id::text, 'none') || ', that of pay_' || p.id || ' is ' || p.merchant_id
       end as detail
from ledger_entries e
left join ledger_accounts a on a.id = e.account_id
left join operation_results r on r.operation_id = e.operation_id and r.attempt = e.attempt
left join payments p on p.id = r.payment_id
)sql"
