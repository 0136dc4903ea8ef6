R"sql(
-- What each payment was after each of its results, in the order of its versions. A stored refusal has the version that it was
-- decided on, and stands beside the result that made it.
summed as materialized (
    select r.payment_id, r.operation_id, r.attempt, r.version, r.outcome, o.kind, o.parameters, f.refused,
           sum(case when f.won and o.kind in ('sale', 'authorize') then o.amount else 0 end) over w as authorized,
           sum(case when not f.won then 0 when o.kind in ('sale', 'capture') then o.amount when o.kind = 'capture_failure'
               then -o.amount else 0 end) over w as captured,
           sum(case when not f.won then 0 when o.kind = 'refund' then o.amount when o.kind = 'refund_failure' then -o.amount
               else 0 end) over w as refunded,
           sum(case when not f.won then 0 when o.kind in ('void', 'expire') then o.amount when o.kind = 'capture'
               then coalesce((o.parameters -> 'releases')::int8, 0) else 0 end) over w as released,
           sum(case when f.won and o.kind = 'expire' then o.amount else 0 end) over w as expired,
           count(*) filter (where not f.refused) over (partition by r.payment_id, r.version) as makers
    from operation_results r
    join operations o on o.payment_id = r.payment_id and o.operation_id = r.operation_id and o.attempt = r.attempt
    cross join lateral (select r.outcome = 'approved' as won, {refused} as refused) f
    window w as (partition by r.payment_id order by r.version)),
history as (
    select s.*, case when refunded > 0 then case when refunded < captured then 'partially_refunded' else 'refunded' end
                     when captured > 0 then case when captured < authorized then 'partially_captured' else 'captured' end
                     when authorized > released then 'authorized'
                     when expired > 0 then 'expired' when authorized > 0 then 'voided' else 'failed' end as status
    from summed s)
)sql"
