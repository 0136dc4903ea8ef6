-- Events for merchants: every end of an attempt and every change of status, numbered per payment in the commit that makes it.
-- The links of the chain are the outbox: a relay expands them to rows of `events`, each with an id that is above all before it.

-- How many events the payment has: the last one's number. In the same row, so that the compare-and-set orders them.
alter table payments add column events int not null default 0;

-- Beside operation_ids: the number of the event that the change is; 0: it is none. Null in links of older releases.
alter table chain_links add column events int[];

-- The payment's document as it was after a change of status that ended no attempt; the others stand in operation_results.
create table interim_documents (
    operation_id  uuid,
    version       int,                             -- of the payment after it
    payment_id    uuid not null,
    body          text not null,
    created_at    timestamptz not null,
    primary key (operation_id, version)
) partition by range (operation_id);

create table events (
    merchant_id   uuid,
    live          bool,
    id            uuid,                            -- a UUIDv7 of the relay: its month is that of the relaying
    type          text not null,
    payment_id    uuid not null,
    sequence      int not null,                    -- 1, 2, 3, … of the payment
    operation_id  uuid not null,
    attempt       smallint not null,
    version       int not null,                    -- of the payment after it
    created_at    timestamptz not null,            -- of the commit, the database's
    primary key (merchant_id, live, id)
) partition by range (id);
create index on events (payment_id, sequence);

select florin_make_append_only(name::regclass) from unnest(array['interim_documents', 'events']) name;

-- `position` is the time and counter of the last id that was given out: every pass moves it by compare-and-set, so that two
-- relays at once give out nothing twice, and that ids grow in the order in which they are committed, whoever relays.
create table relays (
    name      text primary key,
    position  bigint not null
);
-- The last link of each writer that was relayed.
create table relay_cursors (
    relay   text,
    writer  smallint,
    link    bigint not null,
    primary key (relay, writer)
) with (fillfactor = 50);

insert into relays values ('events', 0);
-- What older releases linked has no events.
insert into relay_cursors select 'events', writer, max(link) from chain_links group by writer;

create or replace function florin_monthly_tables() returns text[] language sql immutable parallel safe
    return array['operation_results', 'ledger_entries', 'payment_audit_log', 'psp_events', 'interim_documents', 'events'];

revoke all on all tables in schema public from public;
grant execute on function florin_month_bound(date) to florin_app;
grant select, insert on interim_documents, events to florin_app;
grant select, update on relays to florin_app;
grant select, insert, update on relay_cursors to florin_app;

select florin_ensure_partitions();
