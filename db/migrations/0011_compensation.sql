-- Late truth: late charges that are not undone yet, and closed attempts that are looked at again because nothing but time or a
-- human's word proved that they were not executed.

-- What answers a late success and has not ended well yet, so that the worker opens its next attempt and counts what stands.
create table standing_late_charges (
    operation_id  uuid primary key,               -- late_void, late_refund
    payment_id    uuid not null,
    psp           text not null,
    psp_account   text not null,
    opened_at     timestamptz not null,           -- the database's
    next_look     timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index on standing_late_charges (psp, psp_account, next_look);

create table watched_attempts (
    operation_id  uuid,
    attempt       smallint,
    payment_id    uuid not null,
    psp           text not null,
    psp_account   text not null,
    send_until    timestamptz not null,           -- no send of it began later
    closed_at     timestamptz not null,           -- the database's
    until         timestamptz not null,           -- the PSP's longest settlement time is over
    next_look     timestamptz not null,
    primary key (operation_id, attempt)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index on watched_attempts (psp, psp_account, next_look);

grant select, insert, update, delete on standing_late_charges, watched_attempts to florin_app;
