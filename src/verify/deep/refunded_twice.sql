R"sql(
select 'op_' || operation_id as subject,
       concat('one operation gave back ', count(*), ' times: ', string_agg(concat(reference, ' with ', given, ' ', currency), ', '
              order by reference)) as detail
from deep_refund
where operation_id is not null and given > 0
group by operation_id having count(*) > 1
)sql"
