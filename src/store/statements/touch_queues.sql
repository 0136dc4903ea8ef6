R"sql(
-- The queues of what is in `deliveries` are due, but none before the end of its back-off. Each is locked though it be due
-- already: who gives it back at this moment waits, and sees that it was touched.
held as materialized (
    select q.endpoint_id, q.due_at, q.retry_at from webhook_queues q
    where q.endpoint_id in (select endpoint_id from deliveries) order by q.endpoint_id for update of q),
touched as (
    update webhook_queues q set due_at = greatest(k.now, h.retry_at) from held h cross join clock k
    where q.endpoint_id = h.endpoint_id and h.due_at > greatest(k.now, h.retry_at))
)sql"
