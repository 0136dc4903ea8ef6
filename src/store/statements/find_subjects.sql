R"sql(
-- What stands in the books of what events name: $1 payments, $2 operations and $3 attempts from their metadata, $4 the
-- PSP's names of their objects, $5 of the payments' objects, $6 the PSP. One row for each that leads to a payment. Who
-- claimed the object is the attempt, before what the metadata say: a late success is claimed by what it was adopted as.
-- $7: the reasons of refusals that the PSP was never asked for, which leave no doubt. Each limit keeps a look-up by key one,
-- whatever the tables held when the plan was made.
with clock as materialized (select florin_now() as now),
x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::text[], $5::text[])
        with ordinality as x(payment_id, operation_id, attempt, reference, payment_reference, ord))
select x.ord::int4, q.id, q.amount, q.currency, q.captured, q.authorized - q.captured - q.voided - q.expired, q.status,
       q.psp_reference,
       coalesce(o.payment_id <> q.id, false) or coalesce(p.payment_id <> q.id, false)
           or coalesce(o.operation_id <> x.operation_id, false),
       s.open, s.leased, s.doubtful, q.voided + q.expired,
       (select true from late_charges l where l.operation_id = p.operation_id and l.attempt = p.attempt limit 1) is true,
       a.operation_id, a.attempt, a.kind, a.amount, a.psp, a.psp_account, r.outcome, coalesce(w.lease_until > k.now, false),
       w.psp_reference is not null,
       (select true from operation_reversals v where v.operation_id = a.operation_id limit 1) is true,
       coalesce(r.outcome = 'approved' and r.psp_reference = x.reference collate "C", false),
       (select true from late_charges l where l.operation_id = a.operation_id and l.attempt = a.attempt
            and l.psp_reference = x.reference limit 1) is true
from x cross join clock k
left join lateral (select * from psp_references c
                   where c.psp = $6::text and c.psp_reference = x.reference collate "C" limit 1) o on true
left join lateral (select * from psp_references c
                   where c.psp = $6::text and c.psp_reference = x.payment_reference collate "C" limit 1) p on true
join lateral (select * from payments m where m.id = coalesce(x.payment_id, o.payment_id, p.payment_id) limit 1) q on true
left join lateral (select * from operations b
                   where b.payment_id = q.id and b.operation_id = coalesce(o.operation_id, x.operation_id)
                       and b.attempt = case when o.operation_id is not null then o.attempt else x.attempt end limit 1) a on true
left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt
left join lateral (select * from open_operations i
                   where i.operation_id = a.operation_id and i.attempt = a.attempt limit 1) w on true
cross join lateral (
    select coalesce(bool_or(t.operation_id is not null), false) as open,
           coalesce(bool_or(t.lease_until > k.now), false) as leased,
           coalesce(bool_or(b.kind = 'capture' and u.outcome <> 'approved'
               and (u.outcome = 'declined' and u.reason = any ($7::text[])) is not true and (
               select true from late_charges l where l.operation_id = u.operation_id and l.attempt = u.attempt limit 1
           ) is not true), false) as doubtful
    from operations b
    left join lateral (select * from open_operations i
                       where i.operation_id = b.operation_id and i.attempt = b.attempt limit 1) t on true
    left join operation_results u on u.operation_id = b.operation_id and u.attempt = b.attempt
    where b.payment_id = q.id and b.kind in ('capture', 'void', 'expire')) s
)sql"
