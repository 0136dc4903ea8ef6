R"sql(
-- Five payments of one merchant as two writers would have left them. Digests are made here field by field, apart from the
-- SQL of the checks: f() is one field, $2 its value.
create schema world;
set session_replication_role = replica;  -- a journal is posted line by line here
create function world.f(value text) returns text language sql immutable
    as $$ select case when value is null then E'-\n' else octet_length(value) || ':' || value || E'\n' end $$;
create function world.id(n int) returns uuid language sql as $$
    select (substring(florin_month_bound(date_trunc('month', florin_now())::date)::text for 13) || '-7000-8000-'
            || lpad(to_hex(n), 12, '0'))::uuid $$;
create function world.micros(at timestamptz) returns text language sql as $$ select (extract(epoch from at) * 1000000)::int8::text $$;
create function world.account(path text) returns uuid language plpgsql as $$
declare
    hash bytea := substring(sha256(convert_to(path, 'UTF8')) for 16);
    account uuid := encode(set_byte(set_byte(hash, 6, get_byte(hash, 6) % 16 + 128), 8, get_byte(hash, 8) % 64 + 128), 'hex');
begin
    insert into ledger_accounts (id, path, live, currency, merchant_id)
    values (account, path, split_part(path, ':', 1) = 'live', right(path, 3),
            case when path like '%:merchant:%' then replace(split_part(path, ':', 3), 'mer_', '')::uuid end)
    on conflict do nothing;
    return account;
end $$;

-- Attempt `number` of operation n + 100 of payment n, open.
create function world.attempt(n int, number int2) returns void language sql as $$
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, psp, psp_account, encoder_version, actor,
                            request_id)
    select id, world.id(n + 100), number, 'sale', amount, currency, 'stripe', 'main', 1, 'key:key_1', world.id(n + 200)
    from payments where id = world.id(n);
    insert into open_operations values (world.id(n + 100), world.id(n), number, 'sale', 'stripe', 'main', 1, florin_now(),
                                        florin_now(), florin_now(), 0, florin_now(), '', null, null, false, false) $$;
-- A payment n with operation n + 100, open.
create function world.open(n int, amount int8, currency text, description text) returns void language sql as $$
    insert into idempotency_keys values (world.id(1), false, 'key-' || n, world.id(n + 100), world.id(n), '\x00', florin_now());
    insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded,
                          voiding, voided, status, version, payment_method, capture, description, metadata, psp, created_at,
                          updated_at)
    values (world.id(n), world.id(1), false, amount, currency, 0, 0, 0, 0, 0, 0, 0, 'pending', 1, 'pm_card_visa', true,
            description, '{"order":"Größe 7"}', 'stripe', '2026-03-13T10:00:00.123456Z', '2026-03-13T10:00:00.123456Z');
    select world.attempt(n, 1::int2) $$;

-- The payment moves to `became` with its audit row; returns the version.
create function world.move(n int, number int2, became text, reference text, code text) returns int language plpgsql as $$
declare
    was payments := (select p from payments p where id = world.id(n));
begin
    insert into payment_audit_log values (world.id(n + 100), was.version + 1, world.id(n), number, 'system:resolver',
        was.status || '>' || became, 'the PSP said „' || became || '“', world.id(n + 200), '2026-03-13T10:00:01.5Z');
    if reference is not null then
        insert into psp_references values ('stripe', reference, world.id(n + 100), number, world.id(n)) on conflict do nothing;
    end if;
    update payments set status = became, version = version + 1, psp_reference = reference, failure_code = code,
        authorized = case became when 'captured' then amount else 0 end,
        captured = case became when 'captured' then amount else 0 end, updated_at = '2026-03-13T10:00:01.5Z'
    where id = world.id(n);
    return was.version + 1;
end $$;
-- A change that keeps or opens an attempt: its digest.
create function world.change(n int, number int2, became text, reference text) returns bytea language plpgsql as $$
declare
    audit payment_audit_log;
begin
    perform world.move(n, number, became, reference, null);
    select * into audit from payment_audit_log where payment_id = world.id(n) order by sequence desc limit 1;
    return sha256(convert_to(E'15:florin-change-1\n' || world.f(audit.payment_id::text) || world.f(audit.operation_id::text)
        || world.f(number::text) || world.f(audit.sequence::text) || world.f(audit.change) || world.f(audit.actor)
        || world.f(audit.details) || world.f(audit.request_id::text) || world.f(world.micros(audit.created_at)), 'UTF8'));
end $$;

create function world.post(n int, number int2, line int2, w int2, path text, signed int8) returns text language plpgsql as $$
declare
    account uuid := world.account(path);
    after int8;
begin
    insert into ledger_balances values (account, w, signed)
    on conflict (account_id, writer) do update set balance = ledger_balances.balance + signed returning balance into after;
    insert into ledger_entries
    select world.id(n + 100), 1, line, number, account, merchant_id, signed, currency, w, after, '2026-03-13T10:00:01.5Z'
    from ledger_accounts where id = account;
    return world.f('1') || world.f(line::text) || world.f(account::text) || world.f(signed::text) || world.f(right(path, 3));
end $$;
-- Ends the attempt in link k of writer w: its digest.
create function world.finish(n int, number int2, w int2, k int8, ended text, reference text, code text) returns bytea
language plpgsql as $$
declare
    version int := world.move(n, number, case ended when 'approved' then 'captured' else 'failed' end, reference, code);
    p payments := (select p from payments p where id = world.id(n));
    status int2 := case ended when 'approved' then 200 when 'declined' then 402 else 503 end;
    body text := json_build_object('payment_id', 'pay_' || p.id, 'status', p.status, 'amount', p.amount, 'currency', p.currency,
        'captured_amount', p.captured, 'payment_method', p.payment_method, 'capture', p.capture, 'description', p.description,
        'metadata', p.metadata, 'return_url', p.return_url, 'psp', p.psp, 'psp_reference', p.psp_reference, 'sequence',
        p.version, 'live', p.live);
    lines text[] := '{}';
    digest bytea;
begin
    if ended = 'approved' then
        lines := array[world.post(n, number, 1::int2, w, 'test:psp:stripe:main:receivable:' || p.currency, p.amount - 30),
                       world.post(n, number, 2::int2, w, 'test:psp:stripe:main:fees:' || p.currency, 30),
                       world.post(n, number, 3::int2, w, 'test:merchant:mer_' || world.id(1) || ':payable:' || p.currency,
                                  50 - p.amount),
                       world.post(n, number, 4::int2, w, 'test:platform:fees:' || p.currency, -50)];
    else
        body := json_build_object('status', status, 'code', code, 'payment', body::json);
    end if;
    digest := sha256(convert_to(E'15:florin-result-1\n' || world.f(p.id::text) || world.f(world.id(n + 100)::text)
        || world.f(number::text) || world.f(ended) || world.f(code) || world.f(status::text) || E'6:stripe\n'
        || world.f(reference) || world.f(version::text) || world.f(body) || world.f(world.micros(p.updated_at))
        || (select world.f(change) || world.f(actor) || world.f(details) || world.f(request_id::text) from payment_audit_log
            where operation_id = world.id(n + 100) and sequence = version) || array_to_string(lines, ''), 'UTF8'));
    insert into operation_results values (world.id(n + 100), number, p.id, ended, code, status, 'stripe', reference, version,
                                          body, digest, w, k, p.updated_at);
    delete from open_operations where operation_id = world.id(n + 100);
    return digest;
end $$;
-- A link over the last changes of these payments.
create function world.link(w int2, k int8, payment int[], digests bytea) returns void language sql as $$
    with head as (select coalesce((select hash from chain_links where writer = w and link = k - 1),
                                  decode(repeat('00', 32), 'hex')) as hash)
    insert into chain_links
    select w, k, hash, sha256(hash || digests), array_agg(a.operation_id order by i.at), array_agg(a.attempt order by i.at),
           array_agg(a.sequence order by i.at), florin_now()
    from head, unnest(payment) with ordinality i(n, at)
    join lateral (select * from payment_audit_log where payment_id = world.id(n) order by sequence desc limit 1) a on true
    group by hash $$;

insert into merchants values (world.id(1), 'Merchant', florin_now());
select world.open(11, 10000, 'USD', 'ends in 3-D Secure'), world.open(12, 2500, 'USD', null),
       world.open(13, 333, 'USD', 'declined'), world.open(14, 500, 'JPY', 'still open'), world.open(15, 77, 'EUR', 'adopted');
select world.link(0::int2, 1, '{11}', world.change(11, 1::int2, 'requires_action', 'pi_11'));
select world.link(0::int2, 2, '{13,11}', world.finish(13, 1::int2, 0::int2, 2, 'declined', 'pi_13', 'card_declined')
                                         || world.finish(11, 1::int2, 0::int2, 2, 'approved', 'pi_11', null));
select world.link(1::int2, 1, '{12,15}', world.finish(12, 1::int2, 1::int2, 1, 'not_executed', null, 'not_executed')
                                         || world.finish(15, 1::int2, 1::int2, 1, 'not_executed', null, 'not_executed'));
select world.attempt(12, 2::int2);
select world.link(1::int2, 2, '{12}', world.change(12, 2::int2, 'pending', null));
select world.attempt(15, 2::int2);
insert into late_charges values (world.id(115), 1, world.id(15), 'stripe', 'pi_15', 2, null, florin_now());
select world.link(0::int2, 3, '{12,15}', world.finish(12, 2::int2, 0::int2, 3, 'approved', 'pi_12', null)
                                         || world.finish(15, 2::int2, 0::int2, 3, 'approved', 'pi_15', null));
set session_replication_role = origin;
)sql"
