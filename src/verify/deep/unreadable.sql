R"sql(
select d.psp || ' ' || d.reference as subject, concat('of pay_', d.payment_id, ', shows no ', d.unreadable, ' that can be read')
       as detail
from deep_payment d where d.unreadable is not null and d.payment_id is not null
union all
select r.psp || ' ' || r.reference, concat('of pay_', r.payment_id, ', shows no ', r.unreadable, ' that can be read')
from deep_refund r where r.unreadable is not null and r.payment_id is not null
)sql"
