-- Payments as the gateway would have left them, by the set: plain sales of the past, spread evenly over some months, with
-- everything that `florin verify` looks at. They are the work of a writer of their own, so that the chains and balances of the
-- gateway's writers stay as they are. Digests are made here, field by field: f() is one
-- field (its cast keeps it immutable, and so part of the statements that use it).
create schema bench;
create table bench.merchant (number int primary key, id uuid not null, payable uuid);  -- its account
create function bench.writer() returns int2 language sql immutable parallel safe return 900::int2;
create function bench.f(value text) returns text language sql immutable parallel safe
    as $$ select case when value is null then E'-\n' else octet_length(value)::text || ':' || value || E'\n' end $$;
-- A UUIDv7 with the bucket of the merchant and the mode of a test; n and `what` make it unique.
create function bench.id(at timestamptz, n int8, what int, merchant uuid) returns uuid language sql immutable parallel safe as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::int8), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
            || substr(merchant::text, 20, 4) || lpad(to_hex(n * 16 + what), 12, '0'))::uuid $$;
create function bench.account(path text) returns uuid language sql immutable parallel safe as $$
    select encode(set_byte(set_byte(h, 6, get_byte(h, 6) % 16 + 128), 8, get_byte(h, 8) % 64 + 128), 'hex')::uuid
    from (select substring(sha256(convert_to(path, 'UTF8')) for 16) as h) hashed $$;

-- The months from `begins` on, in every table that has months.
create procedure bench.make_months(begins timestamptz) language sql as $$
    select florin_make_partition(parent, month::date)
    from unnest(florin_monthly_tables()) parent,
         generate_series(date_trunc('month', begins at time zone 'UTC'), date_trunc('month', florin_now() at time zone 'UTC'),
                         interval '1 month') month
    where to_regclass(format('public.%I', parent || '_' || to_char(month, 'YYYYMM'))) is null $$;

-- What is made at a time, and what it posts.
create unlogged table bench.made (n int8, merchant uuid, payable uuid, amount int8, fee int8, psp_fee int8, at timestamptz,
                                  link int8, position int8, payment uuid, operation uuid, request uuid, event uuid,
                                  reference text, body text, digest bytea);
create unlogged table bench.posted (operation uuid, link int8, position int8, at timestamptz, line int2, account uuid,
                                    of_merchant uuid, amount int8);
create function bench.path(merchant uuid) returns text language sql immutable parallel safe
    return 'test:merchant:mer_' || merchant || ':payable:USD';
create function bench.legs(merchant uuid, payable uuid, gross int8, fee int8, psp_fee int8)
returns table (line int2, account uuid, of_merchant uuid, amount int8) language sql immutable parallel safe as $$
    values (1::int2, bench.account('test:psp:stripe:main:receivable:USD'), null::uuid, gross - psp_fee),
           (2::int2, bench.account('test:psp:stripe:main:fees:USD'), null, psp_fee),
           (3::int2, payable, merchant, fee - gross),
           (4::int2, bench.account('test:platform:fees:USD'), null, -fee) $$;
create procedure bench.open_accounts() language sql as $$
    insert into ledger_accounts (id, path, live, currency, merchant_id)
    select bench.account(path), path, false, 'USD', merchant
    from (select 'test:psp:stripe:main:receivable:USD' as path, null::uuid as merchant
          union all select 'test:psp:stripe:main:fees:USD', null
          union all select 'test:platform:fees:USD', null
          union all select bench.path(id), id from bench.merchant) named
    on conflict do nothing $$;

-- Payments first … first + many - 1 of `total`, which lie between the two times; 128 stand in a link.
create procedure bench.choose(first int8, many int, total int8, begins timestamptz, ends timestamptz) language sql as $$
    truncate bench.made, bench.posted;
    insert into bench.made
    select n, merchant, payable, amount, fee, psp_fee, at, link, position, payment, operation, request, event, reference, body,
           sha256(convert_to(
               E'15:florin-result-1\n' || bench.f(payment::text) || bench.f(operation::text) || E'1:1\n8:approved\n-\n3:200\n'
               || E'6:stripe\n' || bench.f(reference) || E'1:2\n' || bench.f(body)
               || bench.f((extract(epoch from at) * 1000000)::int8::text) || E'16:pending>captured\n'
               || bench.f('key:key_' || merchant) || E'9:succeeded\n' || bench.f(request::text) || lines, 'UTF8'))
    from (select n, m.id as merchant, m.payable, 1000 + n % 9000 as amount, (n - first) % 128 as position,
                 1 + (n - first) / 128 + coalesce((select max(link) from chain_links where writer = bench.writer()), 0) as link,
                 date_trunc('milliseconds', begins + (ends - begins) * (n::float8 / total)) as at
          from generate_series(first, first + many - 1) n
          join bench.merchant m on m.number = abs(hashint8(n)::int8) % (select count(*) from bench.merchant)) chosen
    cross join lateral (select bench.id(at, n, 0, merchant) as payment, bench.id(at, n, 1, merchant) as operation,
        bench.id(at, n, 2, merchant) as request, bench.id(at, n, 3, merchant) as event,
        'pi_' || substr(md5('intent' || n), 1, 24) as reference, 30 + amount * 29 / 1000 as fee,
        25 + amount * 14 / 1000 as psp_fee,
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as shown offset 0) named
    cross join lateral (select format(
        '{"payment_id":"pay_%s","status":"captured","amount":%s,"currency":"USD","authorized_amount":%s,"captured_amount":%s,'
        '"refunded_amount":0,"voided_amount":0,"payment_method":"pm_card_visa","capture":true,"multiple_captures":false,'
        '"description":"Order #%s","metadata":{"order_id":"ORD-%s"},"return_url":null,"psp":"stripe","psp_reference":"%s",'
        '"failure_code":null,"failure_reason":null,"next_action":null,"capture_before":null,"sequence":2,"live":false,'
        '"created_at":"%s","updated_at":"%s"}', payment, amount, amount, amount, n, n, reference, shown, shown) as body
        offset 0) rendered
    cross join lateral (select string_agg(E'1:1\n' || bench.f(line::text) || bench.f(account::text)
                                          || bench.f(l.amount::text) || E'3:USD\n', '' order by line) as lines
                        from bench.legs(merchant, payable, chosen.amount, fee, psp_fee) l) legs;
    insert into bench.posted
    select operation, link, position, at, line, account, of_merchant, l.amount
    from bench.made m cross join lateral bench.legs(merchant, payable, m.amount, fee, psp_fee) l $$;

create procedure bench.write_payments() language sql as $$
    insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded, voiding,
                          voided, expired, status, version, payment_method, capture, multiple_captures, description, metadata,
                          psp, psp_account, psp_reference, created_at, updated_at, events)
    select payment, merchant, false, amount, 'USD', amount, 0, amount, 0, 0, 0, 0, 0, 'captured', 2, 'pm_card_visa', true, false,
           'Order #' || n, jsonb_build_object('order_id', 'ORD-' || n), 'stripe', 'main', reference, at, at, 1 from bench.made;
    insert into operations (payment_id, operation_id, attempt, kind, amount, currency, psp, psp_account, encoder_version, actor,
                            request_id, recorded_at)
    select payment, operation, 1, 'sale', amount, 'USD', 'stripe', 'main', 1, 'key:key_' || merchant, request, at from bench.made;
    insert into idempotency_keys (merchant_id, live, key, operation_id, payment_id, fingerprint, created_at)
    select merchant, false, md5('key' || n), operation, payment, sha256(convert_to(n::text, 'UTF8')), at from bench.made;
    insert into psp_references (psp, psp_reference, operation_id, attempt, payment_id)
    select 'stripe', reference, operation, 1, payment from bench.made;
    insert into operation_results (operation_id, attempt, payment_id, outcome, http_status, psp, psp_reference, version, body,
                                   digest, writer, link, created_at)
    select operation, 1, payment, 'approved', 200, 'stripe', reference, 2, body, digest, bench.writer(), link, at from bench.made;
    insert into payment_audit_log (operation_id, sequence, payment_id, attempt, actor, change, details, request_id, created_at)
    select operation, 2, payment, 1, 'key:key_' || merchant, 'pending>captured', 'succeeded', request, at from bench.made;
    insert into events (merchant_id, live, id, type, payment_id, sequence, operation_id, attempt, version, created_at)
    select merchant, false, event, 'payment.captured', payment, 1, operation, 1, 2, at from bench.made $$;

create procedure bench.post() language sql as $$
    insert into ledger_entries (operation_id, kind, line, attempt, account_id, merchant_id, amount, currency, writer,
                                balance_after, created_at)
    select operation, 1, line, 1, account, of_merchant, amount, 'USD', bench.writer(),
           coalesce(b.balance, 0) + sum(amount) over (partition by account order by link, position, line), at
    from bench.posted left join ledger_balances b on b.account_id = account and b.writer = bench.writer();
    insert into ledger_balances (account_id, writer, balance)
    select account, bench.writer(), sum(amount) from bench.posted group by account
    on conflict (account_id, writer) do update set balance = ledger_balances.balance + excluded.balance $$;

create procedure bench.link() language plpgsql as $$
declare
    head bytea := coalesce((select hash from chain_links where writer = bench.writer() order by link desc limit 1),
                           decode(repeat('00', 32), 'hex'));
    batch record;
begin
    for batch in
        select link, string_agg(digest, ''::bytea order by position) as digests,
               array_agg(operation order by position) as operations, count(*)::int as items, max(at) as at
        from bench.made group by link order by link
    loop
        insert into chain_links (writer, link, previous, hash, operation_ids, attempts, sequences, events, created_at)
        values (bench.writer(), batch.link, head, sha256(head || batch.digests), batch.operations,
                array_fill(1::int2, array[batch.items]), array_fill(2, array[batch.items]), array_fill(1, array[batch.items]),
                batch.at);
        head := sha256(head || batch.digests);
    end loop;
    insert into relay_cursors (relay, writer, link) select 'events', bench.writer(), max(link) from bench.made
    on conflict (relay, writer) do update set link = excluded.link;
end $$;
