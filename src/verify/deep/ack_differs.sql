R"sql(
-- A 503 may be followed by the answer of the next attempt; every other final answer is for ever.
select concat('key ', key, ' pay_', payment_id) as subject,
       concat('was answered in ', count(distinct (status, sha256)), ' ways, in lines ',
              string_agg(line::text, ', ' order by line)) as detail
from deep_ack where status not in (202, 503)
group by key, payment_id having count(distinct (status, sha256)) > 1
)sql"
