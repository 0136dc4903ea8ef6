-- Authorize, capture, void, refund and expiry: what is released because capture_before passed, the walk of the status,
-- and three small tables for what the worker must come back to.

alter table payments
    add column expired bigint not null default 0,
    add column multiple_captures bool not null default false,
    drop constraint payments_check,
    add check (amount > 0 and captured + capturing + voided + voiding + expired <= authorized
               and refunded + refunding <= captured and least(capturing, captured, refunding, refunded, voiding, voided, expired) >= 0);

-- Authorizations with something held, so that expiries are found without an index on a mutable column of payments.
create table held_authorizations (
    payment_id      uuid primary key,
    psp             text not null,
    psp_account     text not null,
    capture_before  timestamptz not null,
    next_look       timestamptz not null          -- on the database's clock; moved by each worker that looks
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index on held_authorizations (capture_before);

-- Successes that the PSP may still take back.
create table watched_operations (
    operation_id   uuid primary key,
    attempt        smallint not null,
    payment_id     uuid not null,
    psp            text not null,
    psp_account    text not null,
    psp_reference  text not null,
    succeeded_at   timestamptz not null,          -- the database's
    until          timestamptz not null,
    next_look      timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index on watched_operations (psp, psp_account, next_look);

-- An operation is reversed at most once, for ever.
create table operation_reversals (
    operation_id  uuid primary key,
    reversed_by   uuid not null,
    payment_id    uuid not null,
    created_at    timestamptz not null
);
select florin_make_append_only('operation_reversals');

grant select, insert, update, delete on held_authorizations, watched_operations to florin_app;
grant select, insert on operation_reversals to florin_app;

-- The walk of the status, as payments/status.hpp has it. It only grows: what is stored needs no look.
alter domain status_change drop constraint status_change_check;
alter domain status_change add constraint status_change_check check (value in (
    'pending>authorized', 'pending>captured', 'pending>failed', 'pending>requires_action', 'requires_action>pending',
    'requires_action>authorized', 'requires_action>captured', 'requires_action>failed', 'failed>pending',
    'failed>authorized', 'failed>captured', 'authorized>captured', 'authorized>partially_captured',
    'authorized>voided', 'authorized>expired', 'partially_captured>captured', 'partially_captured>partially_refunded',
    'partially_captured>refunded', 'partially_captured>authorized', 'captured>partially_refunded',
    'captured>refunded', 'captured>partially_captured', 'captured>authorized', 'partially_refunded>refunded',
    'partially_refunded>captured', 'partially_refunded>partially_captured', 'refunded>partially_refunded',
    'refunded>captured', 'refunded>partially_captured')) not valid;
