R"sql(
select coalesce(a.path, coalesce(b.account_id, e.account_id)::text) || ' writer ' || coalesce(b.writer, e.writer) as subject,
       case when a.id is null then 'the account does not exist'
            when b.account_id is null then 'it has no balance, its entries sum to ' || e.total
            when b.balance <> coalesce(e.total, 0)
                then 'its balance is ' || b.balance || ', its entries sum to ' || coalesce(e.total, 0) end as detail
from ledger_balances b
full join (select account_id, writer, sum(amount) as total from ledger_entries group by account_id, writer) e
    on e.account_id = b.account_id and e.writer = b.writer
left join ledger_accounts a on a.id = coalesce(b.account_id, e.account_id)
)sql"
