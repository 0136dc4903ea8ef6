R"sql(
-- The changes that the links name, in commit order.
items as materialized (
    select c.writer, c.link, i.operation_id, i.attempt, i.sequence, i.position
    from chain_links c cross join lateral unnest(c.operation_ids, c.attempts, c.sequences)
        with ordinality as i(operation_id, attempt, sequence, position))
)sql"
