R"sql(
-- What stands in the books of what events name: $1 payments, $2 operations and $3 attempts from their metadata, $4 the
-- PSP's names of their objects, $5 of the payments' objects, $6 the PSP. One row for each that leads to a payment. Who
-- claimed the object is the attempt, before what the metadata say: a late success is claimed by what it was adopted as.
with clock as materialized (select florin_now() as now),
x as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::text[], $5::text[])
        with ordinality as x(payment_id, operation_id, attempt, reference, payment_reference, ord))
select x.ord::int4, q.id, q.amount, q.currency, q.captured, q.authorized - q.captured - q.voided - q.expired, q.status,
       q.psp_reference,
       coalesce(o.payment_id <> q.id, false) or coalesce(p.payment_id <> q.id, false)
           or coalesce(o.operation_id <> x.operation_id, false),
       s.open, s.leased, s.doubtful, q.voided + q.expired,
       exists (select from late_charges l where l.operation_id = p.operation_id and l.attempt = p.attempt),
       a.operation_id, a.attempt, a.kind, a.amount, a.psp, a.psp_account, r.outcome, coalesce(w.lease_until > k.now, false),
       w.psp_reference is not null,
       exists (select from operation_reversals v where v.operation_id = a.operation_id),
       exists (select from late_charges l where l.operation_id = a.operation_id and l.attempt = a.attempt)
from x cross join clock k
left join psp_references o on o.psp = $6::text and o.psp_reference = x.reference collate "C"
left join psp_references p on p.psp = $6::text and p.psp_reference = x.payment_reference collate "C"
join payments q on q.id = coalesce(x.payment_id, o.payment_id, p.payment_id)
left join operations a on a.payment_id = q.id and a.operation_id = coalesce(o.operation_id, x.operation_id)
    and a.attempt = case when o.operation_id is not null then o.attempt else x.attempt end
left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt
left join open_operations w on w.operation_id = a.operation_id and w.attempt = a.attempt
cross join lateral (
    select coalesce(bool_or(t.operation_id is not null), false) as open,
           coalesce(bool_or(t.lease_until > k.now), false) as leased,
           coalesce(bool_or(b.kind = 'capture' and u.outcome <> 'approved' and not exists (
               select from late_charges l where l.operation_id = u.operation_id and l.attempt = u.attempt)), false) as doubtful
    from operations b
    left join open_operations t on t.operation_id = b.operation_id and t.attempt = b.attempt
    left join operation_results u on u.operation_id = b.operation_id and u.attempt = b.attempt
    where b.payment_id = q.id and b.kind in ('capture', 'void', 'expire')) s
)sql"
