R"sql(
analyze deep_payment, deep_refund, deep_capture, deep_ack;
-- What undoes a late charge and has not ended well yet; a row whose operation has ended excuses nothing.
create temporary table deep_undoing as
select s.operation_id, s.payment_id from standing_late_charges s
where not exists (select from operation_results r where r.operation_id = s.operation_id and r.outcome <> 'not_executed');

-- Each listed payment beside the attempt that it names. `returned`: by refunds; what was never captured and let go is
-- shown as a refund without our names too, and is none. `standing`: what the shopper has paid or is held for.
create temporary table deep_object as
with refunds as (
    select r.payment_reference, sum(r.given) filter (where r.operation_id is not null) as ours,
           sum(r.given) filter (where r.operation_id is null) as others
    from deep_refund r group by r.payment_reference)
select d.*, coalesce(f.ours, 0)::int8 as returned,
       greatest(coalesce(f.others, 0) - greatest(d.amount - d.captured - d.held, 0), 0)::int8 as returned_elsewhere,
       (d.held + d.captured - coalesce(f.ours, 0)
           - greatest(coalesce(f.others, 0) - greatest(d.amount - d.captured - d.held, 0), 0))::int8 as standing,
       a.kind, a.amount as asked, a.currency as asked_currency, a.operation_id is not null as is_known, r.outcome,
       l.adopted_by, l.compensated_by, l.operation_id is not null as came_late,
       n.operation_id is not null or u.operation_id is not null or c.created_at >= {quiet} as is_being_compensated
from deep_payment d
left join refunds f on f.payment_reference = d.reference
left join operations a on a.payment_id = d.payment_id and a.operation_id = d.operation_id and a.attempt = d.attempt
left join operation_results r on r.operation_id = d.operation_id and r.attempt = d.attempt
left join late_charges l on l.operation_id = d.operation_id and l.attempt = d.attempt
left join open_operations n on n.operation_id = l.compensated_by
left join deep_undoing u on u.operation_id = l.compensated_by
left join lateral (select max(x.created_at) as created_at from operation_results x
                   where x.operation_id = l.compensated_by) c on true;

-- Payments of the time whose account's lists were not read.
create temporary table deep_unread as
select p.psp, p.psp_account, p.live, count(*) as payments
from payments p
where p.id >= {first} and (p.psp, p.psp_account, p.live) not in (select psp, account, live from deep_account)
group by p.psp, p.psp_account, p.live;

-- The payments of the time, and older ones that the lists name.
create temporary table deep_books as
select p.id, p.status, p.currency::text as currency, p.authorized, p.captured, p.refunded,
       p.authorized - p.captured - p.voided - p.expired as held, p.psp, p.psp_account, p.live, p.psp_reference,
       p.capture_before, p.id >= {first} as is_whole,
       exists (select from open_operations n where n.payment_id = p.id)
           or exists (select from deep_undoing u where u.payment_id = p.id) as is_open,
       p.updated_at >= {quiet} as is_moving
from payments p
where (p.id >= {first} or p.id in (select payment_id from deep_payment union select payment_id from deep_refund))
  and (p.psp, p.psp_account, p.live) in (select psp, account, live from deep_account);
create index on deep_object (payment_id);
create index on deep_object (reference);
create unique index on deep_books (id);
analyze deep_object, deep_books;
)sql"
