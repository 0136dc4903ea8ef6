R"sql(
-- sum(bigint) is numeric: it cannot overflow.
select 'op_' || operation_id || ' journal ' || kind as subject,
       'its lines in ' || currency || ' sum to ' || sum(amount) || ' instead of 0' as detail
from ledger_entries group by operation_id, kind, currency having sum(amount) <> 0
)sql"
