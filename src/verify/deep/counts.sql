R"sql(
select 'payments at the PSP' as what, count(*) as n from deep_payment
union all select 'refunds at the PSP', count(*) from deep_refund
union all select 'of other systems', count(*) from deep_payment where payment_id is null
union all select 'payments in the books', count(*) from deep_books
union all select 'payments of unread accounts', coalesce(sum(payments), 0)::int8 from deep_unread
union all select 'compared', count(*) from deep_books where not is_open and not is_moving
union all select 'open', count(*) from deep_books where is_open
union all select 'changed meanwhile', count(*) from deep_books where is_moving and not is_open
union all select 'late charges being compensated', count(*) from deep_object where is_being_compensated
union all select 'acknowledged answers', count(*) from deep_ack
)sql"
