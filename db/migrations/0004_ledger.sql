-- The books and the evidence: journals, balances, audit rows and the hash chains.

create table ledger_accounts (
    id           uuid primary key,                 -- derived from the path
    path         text collate "C" not null unique,
    live         bool not null,
    currency     char(3) not null,
    merchant_id  uuid,
    created_at   timestamptz not null default florin_now()
);
create index on ledger_accounts (merchant_id) where merchant_id is not null;

-- One balance per account and writer, so that no two writers ever wait for one row. The account's balance is the sum.
create table ledger_balances (
    account_id  uuid,
    writer      smallint,
    balance     bigint not null,
    primary key (account_id, writer)
) with (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.1);

-- Signed minor units, debit > 0. A journal (operation, kind) can be posted once.
create table ledger_entries (
    operation_id   uuid,
    kind           smallint,
    line           smallint,
    attempt        smallint not null,              -- the one that settled the operation
    account_id     uuid not null,
    merchant_id    uuid,                           -- null on platform and PSP accounts
    amount         bigint not null check (amount <> 0),
    currency       char(3) not null,
    writer         smallint not null,
    balance_after  bigint not null,                -- of (account, writer)
    created_at     timestamptz not null,
    primary key (operation_id, kind, line)
) partition by range (operation_id);
create index on ledger_entries (merchant_id, operation_id) where merchant_id is not null;

-- sum(bigint) is numeric: it cannot overflow.
create function florin_refuse_unbalanced() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from fresh group by operation_id, kind, currency having sum(amount) <> 0) then
        raise exception 'a journal does not balance' using errcode = 'P0001', detail = (
            select format('operation %s, kind %s, currency %s: sum %s', operation_id, kind, currency, sum(amount))
            from fresh group by operation_id, kind, currency having sum(amount) <> 0 limit 1);
    end if;
    return null;
end $$;

-- One row per change of a payment's status.
create table payment_audit_log (
    operation_id  uuid,
    sequence      int,                             -- the payment's version after the change
    payment_id    uuid not null,
    attempt       smallint not null,
    actor         text not null,
    change        status_change not null,
    details       text not null,
    request_id    uuid not null,
    created_at    timestamptz not null,
    primary key (operation_id, sequence)
) partition by range (operation_id);

-- One row per batch and writer: hash = sha256(previous || digests of the changes in order). The three arrays name the
-- changes in commit order, which is also the outbox: a relay's cursor is (writer, link).
create table chain_links (
    writer         smallint,
    link           bigint,
    previous       bytea not null,
    hash           bytea not null,
    operation_ids  uuid[] not null,
    attempts       smallint[] not null,
    sequences      int[] not null,
    created_at     timestamptz not null,
    primary key (writer, link)
);
