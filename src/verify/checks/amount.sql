R"sql(
-- A payment's amounts made again from its operations: what was approved is settled, what has no result is reserved. A final
-- capture releases the rest with it. The limits are looked at on what the operations say, not on the columns.
with made as materialized (  -- otherwise each parallel worker makes it for itself
    select payment_id,
           coalesce(sum(amount) filter (where won and kind in ('sale', 'authorize')), 0) as authorized,
           count(*) filter (where won and kind in ('sale', 'authorize')) as charges,
           coalesce(sum(amount) filter (where open and kind = 'capture'), 0) as capturing,
           coalesce(sum(case kind when 'capture_failure' then -amount else amount end)
                    filter (where won and kind in ('sale', 'capture', 'capture_failure')), 0) as captured,
           coalesce(sum(amount) filter (where open and kind = 'refund'), 0) as refunding,
           coalesce(sum(case kind when 'refund_failure' then -amount else amount end)
                    filter (where won and kind in ('refund', 'refund_failure')), 0) as refunded,
           coalesce(sum(case kind when 'capture' then releases else amount end)
                    filter (where open and kind in ('capture', 'void', 'expire')), 0) as voiding,
           coalesce(sum(case kind when 'capture' then releases else amount end)
                    filter (where won and kind in ('capture', 'void')), 0) as voided,
           coalesce(sum(amount) filter (where won and kind = 'expire'), 0) as expired
    from (select o.payment_id, o.kind, o.amount, coalesce((o.parameters -> 'releases')::int8, 0) as releases,
                 r.outcome = 'approved' as won, r.outcome is null as open
          from operations o
          left join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt) each_operation
    group by payment_id)
select 'pay_' || p.id as subject,
       case when m.payment_id is null then 'it has no operation'
            when m.charges > 1 then 'it has ' || m.charges || ' approved creations'
            when m.captured + m.capturing + m.voided + m.voiding + m.expired > m.authorized
                then concat('captured ', m.captured, ', capturing ', m.capturing, ', voided ', m.voided, ', voiding ', m.voiding,
                            ' and expired ', m.expired, ' are more than the authorized ', m.authorized)
            when m.refunded + m.refunding > m.captured
                then concat('refunded ', m.refunded, ' and refunding ', m.refunding, ' are more than the captured ', m.captured)
            when m.charges = 1 and m.authorized <> p.amount
                then 'its amount is ' || p.amount || ', its creation was of ' || m.authorized
            when (p.authorized, p.capturing, p.captured, p.refunding, p.refunded, p.voiding, p.voided, p.expired)
                <> (m.authorized, m.capturing, m.captured, m.refunding, m.refunded, m.voiding, m.voided, m.expired)
                then concat_ws(', ',
                    case when p.authorized <> m.authorized then 'authorized is ' || p.authorized || ', its operations make ' || m.authorized end,
                    case when p.capturing <> m.capturing then 'capturing is ' || p.capturing || ', its operations make ' || m.capturing end,
                    case when p.captured <> m.captured then 'captured is ' || p.captured || ', its operations make ' || m.captured end,
                    case when p.refunding <> m.refunding then 'refunding is ' || p.refunding || ', its operations make ' || m.refunding end,
                    case when p.refunded <> m.refunded then 'refunded is ' || p.refunded || ', its operations make ' || m.refunded end,
                    case when p.voiding <> m.voiding then 'voiding is ' || p.voiding || ', its operations make ' || m.voiding end,
                    case when p.voided <> m.voided then 'voided is ' || p.voided || ', its operations make ' || m.voided end,
                    case when p.expired <> m.expired then 'expired is ' || p.expired || ', its operations make ' || m.expired end)
       end as detail
from payments p left join made m on m.payment_id = p.id
)sql"
