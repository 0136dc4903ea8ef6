R"sql(
-- The changes that the links name, in commit order.
items as materialized (
    select c.writer, c.link, i.operation_id, i.attempt, i.sequence, i.event, i.position
    from chain_links c cross join lateral unnest(c.operation_ids, c.attempts, c.sequences, c.events)
        with ordinality as i(operation_id, attempt, sequence, event, position))
)sql"
