R"sql(
-- The documents of changes of status that end no attempt, as they were.
interim as (
    insert into interim_documents (operation_id, version, payment_id, body, created_at)
    select operation_id, version, payment_id, body, at from linked)
)sql"
