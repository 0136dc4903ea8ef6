R"sql(
select 'pay_' || b.id as subject,
       concat('it is ', b.status, ' with ', b.captured, ' ', b.currency, ' captured and ', b.held, ' held; ', b.psp, ' ',
              b.psp_account, ' lists no ', b.psp_reference) as detail
from deep_books b left join deep_object d on d.reference = b.psp_reference
where b.is_whole and not b.is_open and not b.is_moving and b.psp_reference is not null and d.reference is null
)sql"
