R"sql(
select concat(psp, ' ', psp_account, case when live then ' live' else ' test' end) as subject,
       concat(payments, ' payments were not compared, because what this account says of them was not read') as detail
from deep_unread
)sql"
