R"sql(
-- From candidates c to w: those that claim no reference, or got it, or whose own operation holds it. `standing` runs only
-- when a claim was not inserted.
claimed as (
    insert into psp_references (psp, psp_reference, operation_id, attempt, payment_id)
    select psp, claims, operation_id, attempt, payment_id from c where claims is not null
    on conflict do nothing returning operation_id),
standing as materialized (
    select c.ord, c.operation_id, r.operation_id = c.operation_id as own
    from c join psp_references r on r.psp = c.psp and r.psp_reference = c.claims
    where (select count(*) from claimed) < cardinality(array_remove($24::text[], null))),
w as materialized (
    select * from c
    where claims is null or (operation_id in (select operation_id from claimed)) is true
        or (operation_id in (select operation_id from standing where own)) is true)
)sql"
