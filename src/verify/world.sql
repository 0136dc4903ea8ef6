R"sql(
-- Payments as two writers would have left them: each lives one of the stories of stories.sql, `world.make(payments, batch)`
-- makes them by the set, so that the same file fills a unit test's world and a benchmark's million. Digests are made here field
-- by field, apart from the SQL of the checks: f() is one field.
set session_replication_role = replica;  -- no trigger looks at what is made here
create function world.f(value text) returns text language sql immutable parallel safe
    as $$ select case when value is null then E'-\n' else octet_length(value) || ':' || value || E'\n' end $$;
-- Payment n ends in …0000, its operation 1 in …0001: the digits of n stand before them.
do $do$ begin
    execute format('create function world.id(n int, operation int default 0) returns uuid language sql immutable parallel safe as $$
        select (%L || lpad(n::text, 8, %L) || lpad(operation::text, 4, %L))::uuid $$',
        substring(florin_month_bound(date_trunc('month', florin_now())::date)::text for 13) || '-7000-8000-', '0', '0');
end $do$;
create function world.account(path text) returns uuid language sql immutable parallel safe as $$
    select encode(set_byte(set_byte(h, 6, get_byte(h, 6) % 16 + 128), 8, get_byte(h, 8) % 64 + 128), 'hex')::uuid
    from (select substring(sha256(convert_to(path, 'UTF8')) for 16) as h) hashed $$;

-- A late success: the first attempt of the operation that the parameters name, and the PSP's object in which it showed.
create function world.late(n int, parameters jsonb) returns text language sql immutable parallel safe
    as $$ select 'op_' || world.id(n, (parameters ->> 'late')::int) || '-1' $$;
create function world.late_reference(n int, parameters jsonb) returns text language sql immutable parallel safe
    as $$ select case parameters ->> 'late' when '1' then 'pi_late_' else 're_late_' end || n $$;

-- Every step with what it makes of its payment: a running sum over the steps of the story.
create table world.walk as
with moved as (
    select s.*, coalesce((s.parameters ->> 'releases')::int8, 0) as releases,
           s.event in ('approved', 'adopted', 'recorded') as won,
           s.event in ('approved', 'declined', 'not_executed') and s.kind not in ('sale', 'authorize') as frees,
           s.event in ('approved', 'declined', 'not_executed', 'adopted', 'recorded', 'refused') as ends
    from world.story s),
summed as (
    select m.*, count(*) filter (where m.event not in ('refused')) over w as version,
           sum(case when m.won and m.kind in ('sale', 'authorize') then m.amount else 0 end) over w as authorized,
           sum(case when m.kind <> 'capture' then 0 when m.event = 'reserve' then m.amount when m.frees then -m.amount else 0 end)
               over w as capturing,
           sum(case when not m.won then 0 when m.kind in ('sale', 'capture') then m.amount when m.kind = 'capture_failure'
               then -m.amount else 0 end) over w as captured,
           sum(case when m.kind <> 'refund' then 0 when m.event = 'reserve' then m.amount when m.frees then -m.amount else 0 end)
               over w as refunding,
           sum(case when not m.won then 0 when m.kind = 'refund' then m.amount when m.kind = 'refund_failure' then -m.amount
               else 0 end) over w as refunded,
           sum(case when m.event = 'reserve' then 1 when m.frees then -1 else 0 end
               * case when m.kind in ('void', 'expire') then m.amount else m.releases end) over w as voiding,
           sum(case when not m.won then 0 when m.kind = 'void' then m.amount else m.releases end) over w as voided,
           sum(case when m.won and m.kind = 'expire' then m.amount else 0 end) over w as expired,
           (array_agg(m.event) filter (where m.kind in ('sale', 'authorize')) over w) as creation
    from moved m window w as (partition by m.story order by m.step)),
derived as (
    select s.*, case when refunded > 0 then case when refunded < captured then 'partially_refunded' else 'refunded' end
                     when captured > 0 then case when captured < authorized then 'partially_captured' else 'captured' end
                     when authorized > 0 then case when authorized > voided + expired then 'authorized'
                                                   when expired > 0 then 'expired' else 'voided' end
                     when creation[cardinality(creation)] in ('declined', 'not_executed') then 'failed'
                     when creation[cardinality(creation)] = 'action' then 'requires_action' else 'pending' end as status
    from summed s)
select d.*, nullif(lag(status) over w || '>' || status, status || '>' || status) as change,
       max(step) over (partition by story) = step as is_last,
       case when event = 'refused' and creation[cardinality(creation)] = 'not_executed' then null
            when kind not in ('sale', 'authorize') or won or event in ('action', 'work', 'declined') then 'pi_' end as reference,
       case when status = 'failed' then case event when 'refused' then creation[cardinality(creation)] else reason end end as failure, first_value(kind) over w = 'sale' as capture,
       first_value(amount) over w as total, coalesce(first_value(parameters) over w ? 'multiple_captures', false) as multiple_captures,
       (array['USD', 'EUR', 'JPY'])[1 + story % 3] as currency
from derived d window w as (partition by story order by step);

-- How many events there were: a change of status, or the end of an attempt that is no refusal.
alter table world.walk add column number int;
update world.walk w set number = (select count(*) from world.walk e where e.story = w.story and e.step <= w.step
                                      and (e.change is not null or e.ends and e.event <> 'refused'));

-- What was approved posts, as the operation's kind says.
create table world.leg as
select w.story, w.step, j.kind, j.line, j.path, j.amount
from world.walk w
left join world.story captured on w.kind = 'capture_failure' and captured.story = w.story and captured.op = 2
                              and captured.event = 'approved'
cross join lateral (values
    (array['sale', 'capture'], 1::int2, 1::int2, 'psp:stripe:main:receivable', w.amount - 30),
    (array['sale', 'capture'], 1::int2, 2::int2, 'psp:stripe:main:fees', 30),
    (array['sale', 'capture'], 1::int2, 3::int2, 'merchant:%s:payable', 50 - w.amount),
    (array['sale', 'capture'], 1::int2, 4::int2, 'platform:fees', -50),
    (array['authorize', 'capture_failure'], 2::int2, 1::int2, 'psp:stripe:main:authorized', w.amount),
    (array['authorize', 'capture_failure'], 2::int2, 2::int2, 'merchant:%s:authorized', -w.amount),
    (array['capture', 'void', 'expire'], 3::int2, 1::int2, 'merchant:%s:authorized', w.amount + w.releases),
    (array['capture', 'void', 'expire'], 3::int2, 2::int2, 'psp:stripe:main:authorized', -w.amount - w.releases),
    (array['refund'], 4::int2, 1::int2, 'merchant:%s:payable', w.amount),
    (array['refund'], 4::int2, 2::int2, 'psp:stripe:main:receivable', -w.amount),
    (array['capture_failure'], 5::int2, 1::int2, 'psp:stripe:main:receivable', 30 - captured.amount),
    (array['capture_failure'], 5::int2, 2::int2, 'psp:stripe:main:fees', -30),
    (array['capture_failure'], 5::int2, 3::int2, 'merchant:%s:payable', captured.amount - 50),
    (array['capture_failure'], 5::int2, 4::int2, 'platform:fees', 50),
    (array['refund_failure'], 6::int2, 1::int2, 'merchant:%s:payable', -w.amount),
    (array['refund_failure'], 6::int2, 2::int2, 'psp:stripe:main:receivable', w.amount),
    (array['late_refund'], 7::int2, 1::int2, 'psp:stripe:main:receivable', w.amount - 30),
    (array['late_refund'], 7::int2, 2::int2, 'psp:stripe:main:fees', 30),
    (array['late_refund'], 7::int2, 3::int2, 'psp:stripe:main:late_charges', -w.amount),
    (array['late_refund'], 8::int2, 1::int2, 'psp:stripe:main:late_charges', w.amount),
    (array['late_refund'], 8::int2, 2::int2, 'psp:stripe:main:receivable', -w.amount),
    (array['late_suspense'], 7::int2, 1::int2, 'psp:stripe:main:late_charges', w.amount),
    (array['late_suspense'], 7::int2, 2::int2, 'psp:stripe:main:receivable', -w.amount),
    (array['late_suspense'], 9::int2, 1::int2, 'psp:stripe:main:suspense', w.amount),
    (array['late_suspense'], 9::int2, 2::int2, 'psp:stripe:main:late_charges', -w.amount))
    as j(kinds, kind, line, path, amount)
where w.won and w.kind = any (j.kinds);

-- Which payments, in which order their steps were committed, and the link that each stands in.
create table world.event (n int, merchant uuid, story int, step int, operation_id uuid, writer int2, link int8, position int8,
                          at timestamptz);
create procedure world.choose(payments int, batch int) language sql as $$
    insert into world.event
    select n, world.id(0, 1 + n / 1000 % 50), story, step, world.id(n, op), writer,
           1 + (row_number() over (partition by writer, linked order by at) - 1) / batch,
           1 + (row_number() over (partition by writer, linked order by at) - 1) % batch, at
    from (select n, w.*, (w.ends or w.change is not null) as linked, ((n + step) % 2)::int2 as writer,
                 '2026-03-13T10:00:00Z'::timestamptz + n / 1000 * interval '20 s' + step * interval '1 s'
                     + n % 1000 * interval '1 ms' as at
          from generate_series(1, payments) n
          join world.walk w on w.story = case when n <= 18 then n when n % 20 < 12 then 14 when n % 20 < 16 then 15
                                              when n % 20 < 18 then 16 else 1 + n / 20 % 13 end) chosen $$;

create procedure world.write_payments() language sql as $$
    insert into merchants select merchant, 'Merchant', florin_now() from world.event group by merchant;
    insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded, voiding,
                          voided, expired, status, version, payment_method, capture, multiple_captures, description, metadata,
                          psp, psp_reference, failure_code, capture_before, created_at, updated_at, events)
    select world.id(n), merchant, false, total, currency, authorized, capturing, captured, refunding, refunded, voiding, voided,
           expired, status, version, 'pm_card_visa', capture, multiple_captures, 'Größe 7', jsonb_build_object('order', n::text),
           'stripe', w.reference || n, failure, case when not capture and authorized > 0 then '2026-03-20T10:00Z'::timestamptz end,
           at, at, number
    from world.event e join world.walk w using (story, step) where is_last;
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, parameters, psp, psp_account,
                            encoder_version, actor, request_id)
    select world.id(n), operation_id, attempt, kind, amount, currency, case when parameters ? 'reverses'
               then jsonb_build_object('reverses', 'op_' || world.id(n, 2)) when parameters ? 'late'
               then jsonb_build_object('late', world.late(n, parameters), 'late_reference', world.late_reference(n, parameters))
               else parameters end, 'stripe', 'main', 1, 'key:key_1',
           world.id(n, op + 100)
    from world.event e join world.walk w using (story, step) where event in ('open', 'reserve', 'reopen', 'adopted', 'recorded', 'refused');
    insert into idempotency_keys
    select merchant, false, 'key-' || n || '-' || op, operation_id, world.id(n), '\x00', at
    from world.event e join world.walk w using (story, step)
    where attempt = 1 and event in ('open', 'reserve', 'refused') and kind not in ('expire', 'late_refund');
    insert into open_operations
    select operation_id, world.id(n), attempt, kind, 'stripe', 'main', 1, at, at, at, 0, at, '', null, null, false, false
    from world.event e join world.walk w using (story, step)
    where event in ('open', 'reserve', 'reopen') and not exists (
        select from world.walk l where l.story = w.story and l.op = w.op and l.attempt = w.attempt and l.ends);
    insert into held_authorizations (payment_id, merchant_id, psp, psp_account, capture_before, next_look)
    select world.id(n), merchant, 'stripe', 'main', '2026-03-20T10:00Z', '2026-03-20T10:00Z'
    from world.event e join world.walk w using (story, step) where is_last and authorized > captured + voided + expired;
    insert into psp_references
    select distinct on (n, w.kind like '%refund', case when w.kind like '%refund' then op end) 'stripe',
           case when w.kind like '%refund' then 're_' || n || '_' || op else 'pi_' || n end, operation_id, attempt, world.id(n)
    from world.event e join world.walk w using (story, step)
    where w.won and kind in ('sale', 'authorize', 'refund', 'late_refund')
        or event in ('action', 'declined') and kind in ('sale', 'authorize')
    order by n, w.kind like '%refund', case when w.kind like '%refund' then op end, step;
    insert into psp_references
    select 'stripe', world.late_reference(n, parameters), world.id(n, (parameters ->> 'late')::int), 1, world.id(n)
    from world.event e join world.walk w using (story, step) where parameters ? 'late' and event in ('reserve', 'recorded');
    insert into watched_operations
    select operation_id, attempt, world.id(n), 'stripe', 'main', 're_' || n || '_' || op, at, at, at
    from world.event e join world.walk w using (story, step) where kind = 'refund' and won and story <> 10;
    insert into operation_reversals
    select world.id(n, 2), operation_id, world.id(n), at
    from world.event e join world.walk w using (story, step) where parameters ? 'reverses';
    insert into late_charges
    select operation_id, attempt - 1, world.id(n), 'stripe', 'pi_' || n, attempt, null, at
    from world.event e join world.walk w using (story, step) where event = 'adopted'
    union all
    select world.id(n, (parameters ->> 'late')::int), 1, world.id(n), 'stripe', world.late_reference(n, parameters), null,
           operation_id, at
    from world.event e join world.walk w using (story, step) where parameters ? 'late' and event in ('reserve', 'recorded') $$;

-- In commit order, each balance the sum of what was posted before.
create table world.line (n int, step int, operation_id uuid, attempt int2, writer int2, link int8, position int8, at timestamptz,
                         kind int2, line int2, amount int8, currency text, path text, account_id uuid, owner uuid);
create procedure world.post() language sql as $$
    insert into world.line
    select n, step, operation_id, attempt, writer, link, position, at, l.kind, l.line, l.amount, currency, named.path,
           world.account(named.path), case when named.path like '%:merchant:%' then merchant end
    from world.event e
    join world.walk w using (story, step)
    join (select story, step, kind, line, amount, path from world.leg) l using (story, step)
    cross join lateral (select 'test:' || format(l.path, 'mer_' || e.merchant) || ':' || w.currency as path) named;
    insert into ledger_accounts (id, path, live, currency, merchant_id)
    select distinct account_id, path, false, currency, owner from world.line;
    insert into ledger_balances select account_id, writer, sum(amount) from world.line group by account_id, writer;
    insert into ledger_entries
    select operation_id, kind, line, attempt, account_id, owner, amount, currency, writer,
           sum(amount) over (partition by account_id, writer order by link, position, kind, line), at
    from world.line $$;

-- What ended: the document of the payment after it, alone or in the problem that refuses, and the digest over it all.
create procedure world.write_results() language sql as $$
    insert into payment_audit_log
    select operation_id, version, world.id(n), attempt, 'system:resolver', change, 'the PSP said „' || event || '“',
           world.id(n, op + 100), at
    from world.event e join world.walk w using (story, step) where change is not null;
    insert into operation_results
    select operation_id, attempt, world.id(n), outcome, reason, http, 'stripe', answered, version, body, sha256(convert_to(
               world.f('florin-result-' || case when kind = 'sale' then 1 when parameters ? 'late' then 3 else 2 end)
               || world.f(world.id(n)::text) || world.f(operation_id::text) || world.f(attempt::text)
               || world.f(outcome) || world.f(reason) || world.f(http::text) || E'6:stripe\n' || world.f(answered)
               || world.f(version::text) || world.f(body) || world.f((extract(epoch from at) * 1000000)::int8::text)
               || case when change is null then repeat(E'-\n', 4) else world.f(change) || E'15:system:resolver\n'
                      || world.f('the PSP said „' || event || '“') || world.f(world.id(n, op + 100)::text) end
               || case when kind = 'sale' then '' else world.f(kind) || world.f(w.amount::text) || world.f(currency)
                      || world.f(coalesce(parameters ? 'multiple_captures', false)::text)
                      || world.f(coalesce(parameters ? 'final', false)::text) || world.f(releases::text)
                      || world.f(parameters ->> 'reason')
                      || world.f(case when parameters ? 'reverses' then 'op_' || world.id(n, 2) end)
                      || case when parameters ? 'late' then world.f(world.late(n, parameters))
                                  || world.f(world.late_reference(n, parameters)) else '' end end
               || coalesce(lines, ''), 'UTF8')), writer, link, at
    from world.event e
    join world.walk w using (story, step)
    cross join lateral (select
        case when w.won then 'approved' when event = 'refused' then 'declined' else event end as outcome,
        case when won then 200 when event = 'not_executed' then 503 when kind in ('sale', 'authorize') then 402 else 422 end as http,
        case when kind = 'late_suspense' then world.late_reference(n, parameters)
             when kind not like '%refund' then w.reference || n when won then 're_' || n || '_' || op end as answered,
        jsonb_build_object('payment_id', 'pay_' || world.id(n), 'status', status, 'amount', total, 'currency', currency,
            'authorized_amount', authorized, 'captured_amount', captured, 'refunded_amount', refunded, 'voided_amount',
            voided + expired, 'payment_method', 'pm_card_visa', 'capture', capture, 'multiple_captures', multiple_captures,
            'description', 'Größe 7', 'metadata', jsonb_build_object('order', n::text), 'return_url', null, 'psp', 'stripe',
            'psp_reference', w.reference || n, 'failure_code', failure, 'failure_reason', null, 'next_action', null,
            'capture_before', null, 'sequence', version, 'live', false, 'created_at', at, 'updated_at', at)
            || case when kind in ('sale', 'authorize') then '{}' else jsonb_build_object('operation', jsonb_build_object(
                'operation_id', 'op_' || operation_id, 'type', kind, 'status', case when won then 'succeeded' else event end,
                'amount', amount, 'currency', currency)) end as document) d
    cross join lateral (select case when won then document else jsonb_build_object('type', '/errors/x', 'title', 'x', 'status',
        http, 'code', reason, 'detail', 'What is allowed now.', 'request_id', 'req_x', 'payment', document) end::text as body) b
    left join (select n, step, string_agg(world.f(kind::text) || world.f(line::text) || world.f(account_id::text)
                                          || world.f(amount::text) || world.f(currency), '' order by kind, line) as lines
               from world.line group by n, step) l using (n, step)
    where ends $$;

-- What changes the status and ends nothing has a document of its own; all events are relayed.
create procedure world.write_events() language sql as $$
    insert into interim_documents
    select operation_id, version, world.id(n), jsonb_build_object('payment_id', 'pay_' || world.id(n), 'status', status)::text, at
    from world.event e join world.walk w using (story, step) where change is not null and not ends;
    insert into events
    select merchant, false, world.id(n, 5000 + step), 'payment.captured', world.id(n), number, operation_id, attempt, version, at
    from world.event e join world.walk w using (story, step) where change is not null or ends and event <> 'refused';
    insert into relay_cursors select 'events', writer, max(link) from world.event group by writer $$;

-- A link over each batch of results and changes of status; the digest of a change without a result is that of its audit row and
-- its document.
create procedure world.write_chain() language plpgsql as $$
declare
    head bytea[] := array[decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')];
    batch record;
begin
    for batch in
        select e.writer, e.link, string_agg(coalesce(r.digest, sha256(convert_to(E'15:florin-change-2\n'
                   || world.f(a.payment_id::text) || world.f(a.operation_id::text) || world.f(a.attempt::text)
                   || world.f(a.sequence::text) || world.f(a.change) || world.f(a.actor) || world.f(a.details)
                   || world.f(a.request_id::text) || world.f((extract(epoch from a.created_at) * 1000000)::int8::text)
                   || world.f(d.body), 'UTF8'))), '' order by e.position) as digests,
               array_agg(e.operation_id order by e.position) as operations, array_agg(w.attempt order by e.position) as attempts,
               array_agg(w.version::int order by e.position) as sequences, max(e.at) as at,
               array_agg(case when w.event = 'refused' then 0 else w.number end order by e.position) as events
        from world.event e
        join world.walk w using (story, step)
        left join operation_results r on w.ends and r.operation_id = e.operation_id and r.attempt = w.attempt
        left join payment_audit_log a on a.operation_id = e.operation_id and a.sequence = w.version
        left join interim_documents d on d.operation_id = e.operation_id and d.version = w.version
        where w.ends or w.change is not null group by e.writer, e.link order by e.writer, e.link
    loop
        insert into chain_links values (batch.writer, batch.link, head[1 + batch.writer], sha256(head[1 + batch.writer]
            || batch.digests), batch.operations, batch.attempts, batch.sequences, batch.at, batch.events);
        head[1 + batch.writer] := sha256(head[1 + batch.writer] || batch.digests);
    end loop;
end $$;

create procedure world.make(payments int, batch int) language sql as $$
    call world.choose(payments, batch);
    analyze world.event;
    call world.write_payments();
    call world.post();
    call world.write_results();
    call world.write_events();
    call world.write_chain() $$;
)sql"
