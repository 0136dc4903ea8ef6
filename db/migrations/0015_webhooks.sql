-- Webhooks of merchants: endpoints, their secrets, and what is delivered to them. The relay writes deliveries in the statement
-- that writes the events; a worker that holds the lease of an endpoint's queue sends, so that no endpoint is called by two.

create table webhook_endpoints (
    id           uuid primary key,
    merchant_id  uuid not null references merchants,
    live         bool not null,
    slot         smallint not null check (slot between 1 and 16),  -- its place among those of merchant and mode: the limit
    url          text not null check (length(url) between 1 and 2048),
    description  text not null default '' check (length(description) <= 256),
    types        text[] not null default '{}',     -- of events; empty: every one
    status       text not null default 'enabled' check (status in ('enabled', 'disabled', 'deleted')),
    reason       text check (reason in ('merchant', 'operator', 'gone', 'failing')),  -- of not being enabled; gone: it answered 410
    version      int not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    check ((status = 'enabled') = (reason is null))
);
create index on webhook_endpoints (merchant_id, live, id) where status <> 'deleted';
create unique index on webhook_endpoints (merchant_id, live, slot) where status <> 'deleted';

-- Volatile: it sees what was committed while its caller waited for the merchant's row.
create function florin_free_endpoint_slot(merchant uuid, is_live bool) returns smallint language sql volatile
set search_path = pg_catalog, pg_temp as $$
    select slot::smallint from generate_series(1, 16) as slot
    where not exists (
        select from public.webhook_endpoints e
        where e.merchant_id = merchant and e.live = is_live and e.slot = slot.slot and e.status <> 'deleted')
    order by slot limit 1
$$;

-- The newest signs, and those that have not expired yet sign beside it.
create table webhook_secrets (
    endpoint_id  uuid not null references webhook_endpoints,
    number       smallint not null,                -- 1, 2, 3, … of the endpoint
    sealed       bytea not null,                   -- encrypted and authenticated, bound to endpoint and number
    created_at   timestamptz not null,
    expires_at   timestamptz,                      -- null: the newest
    primary key (endpoint_id, number)
);

-- One hot row of each endpoint. Who takes it raises the generation, and gives it back only under his own; meanwhile it is due
-- at the end of the lease. The relay brings due_at forward when it adds a delivery, but never before retry_at.
create table webhook_queues (
    endpoint_id    uuid primary key references webhook_endpoints,
    due_at         timestamptz not null default 'infinity',  -- of the earliest pending delivery, or the end of a back-off
    leased_until   timestamptz,
    generation     bigint not null default 0,
    failures       int not null default 0,          -- tries without a success since the last one
    failing_since  timestamptz,
    retry_at       timestamptz                      -- the end of the back-off
) with (fillfactor = 50);
create index on webhook_queues (due_at) where failures = 0;
create index on webhook_queues (due_at) where failures > 0;

-- One per endpoint and event, whatever the number of tries.
create table webhook_deliveries (
    endpoint_id   uuid,
    event_id      uuid,
    merchant_id   uuid not null,
    live          bool not null,
    urgency       smallint not null check (urgency in (0, 1)),  -- 0: before all that is 1 (money moved, or did not)
    status        text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'cancelled')),
    tries         smallint not null default 0,
    due_at        timestamptz not null,
    first_try_at  timestamptz,
    last_try_at   timestamptz,
    last_status   smallint,                        -- HTTP; null: no answer
    last_error    text check (length(last_error) <= 200),  -- our words, never the receiver's
    created_at    timestamptz not null,
    delivered_at  timestamptz,
    primary key (endpoint_id, event_id)
) partition by range (event_id);
create index on webhook_deliveries (endpoint_id, urgency, due_at) where status = 'pending';

-- Events that are no payment's: an endpoint that was disabled, an endpoint's test. They carry their own words.
alter table events
    alter column payment_id drop not null, alter column sequence drop not null, alter column operation_id drop not null,
    alter column attempt drop not null, alter column version drop not null,
    add column body text,
    add check (num_nonnulls(payment_id, body) = 1),
    add check (num_nulls(payment_id, sequence, operation_id, attempt, version) in (0, 5));

create or replace function florin_monthly_tables() returns text[] language sql immutable parallel safe
    return array['operation_results', 'ledger_entries', 'payment_audit_log', 'psp_events', 'interim_documents', 'events',
                 'webhook_deliveries'];

revoke all on all tables in schema public from public;
grant execute on function florin_month_bound(date) to florin_app;
revoke all on function florin_free_endpoint_slot(uuid, bool) from public;
grant execute on function florin_free_endpoint_slot(uuid, bool) to florin_app;
grant select, insert on webhook_endpoints, webhook_secrets to florin_app;
grant update (url, description, types, status, reason, version, updated_at) on webhook_endpoints to florin_app;
grant update (expires_at) on webhook_secrets to florin_app;
grant delete on webhook_secrets to florin_app;
grant select, insert, update on webhook_queues, webhook_deliveries to florin_app;

select florin_ensure_partitions();
