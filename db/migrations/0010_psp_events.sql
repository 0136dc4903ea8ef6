-- Events that PSPs send by themselves (inbound webhooks): the bytes as they came, by month; a queue of those that are not
-- done yet; and for ever the ids of those that are. The month of an event is that of its receipt: its id is a UUIDv7.

-- Weight 0 is worked off before 1. Bodies are kept as bytes: the signature was of these and no others.
create table psp_events (
    id           uuid primary key,
    psp          text not null,
    psp_account  text not null,
    live         bool not null,
    event_id     text collate "C" not null,        -- the PSP's
    type         text not null,
    weight       smallint not null,
    created_at   timestamptz not null,             -- the PSP's
    received_at  timestamptz not null,
    body         bytea not null
) partition by range (id);

-- Cheaper than the default where the server has it.
do $$
begin
    alter table psp_events alter column body set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Those that wait or are parked; the event's id comes first, so that one can be found by it alone.
create table open_psp_events (
    event_id     text collate "C",
    psp          text,
    psp_account  text,
    live         bool,
    id           uuid not null,                    -- of psp_events
    type         text not null,
    weight       smallint not null,
    received_at  timestamptz not null,             -- on the database's clock
    next_try     timestamptz not null,
    lease_until  timestamptz not null,
    generation   int not null,
    tries        int not null,
    lapses       smallint not null,                -- taken so often in a row by somebody who was not heard of again
    parked       bool not null,
    replayed     bool not null,                    -- wanted again by a human, though it was handled
    why          text not null,
    primary key (event_id, psp, psp_account, live)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
-- Taking changes none of these columns.
create index on open_psp_events (psp, psp_account, live, weight, next_try) where not parked;

-- Handled, once for ever, and what came of it.
create table psp_event_ids (
    event_id     text collate "C",
    psp          text,
    psp_account  text,
    live         bool,
    id           uuid not null,                    -- of psp_events, whose month may be gone
    what         text not null,
    handled_at   timestamptz not null,             -- the database's
    primary key (event_id, psp, psp_account, live)
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 100000);

select florin_make_append_only(name::regclass) from unnest(array['psp_events', 'psp_event_ids']) name;

-- The tables that have months.
create function florin_monthly_tables() returns text[] language sql immutable parallel safe
    return array['operation_results', 'ledger_entries', 'payment_audit_log', 'psp_events'];

create or replace function florin_make_partition(parent text, month date) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    child text := format('%s_%s', parent, to_char(month, 'YYYYMM'));
begin
    execute format('create table public.%I (like public.%I including defaults including constraints including indexes '
                   'including storage including compression) with (autovacuum_vacuum_insert_scale_factor = 0.02, '
                   'autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_scale_factor = 0.05)', child, parent);
    perform public.florin_make_append_only(format('public.%I', child)::regclass);
    if parent = 'ledger_entries' then
        execute format('create trigger balanced after insert on public.%I referencing new table as fresh '
                       'for each statement execute function public.florin_refuse_unbalanced()', child);
    end if;
    execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, child,
                   public.florin_month_bound(month), public.florin_month_bound((month + interval '1 month')::date));
end $$;

create or replace function florin_ensure_partitions() returns int language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    made int := 0;
    parent text;
    month date;
begin
    perform pg_advisory_xact_lock(hashtext('florin_ensure_partitions'));
    foreach parent in array public.florin_monthly_tables() loop
        for ahead in -1..2 loop
            month := date_trunc('month', (public.florin_now() at time zone 'UTC')) + make_interval(months => ahead);
            if to_regclass(format('public.%I', parent || '_' || to_char(month, 'YYYYMM'))) is null then
                perform public.florin_make_partition(parent, month);
                made := made + 1;
            end if;
        end loop;
    end loop;
    return made;
end $$;

create or replace function florin_months_ahead() returns int language sql stable set search_path = pg_catalog, pg_temp as $$
    select coalesce(min(ahead), 13) - 1
    from generate_series(0, 12) ahead, unnest(public.florin_monthly_tables()) parent
    where to_regclass(format('public.%I', parent || '_' || to_char(
        date_trunc('month', (public.florin_now() at time zone 'UTC')) + make_interval(months => ahead), 'YYYYMM'))) is null
$$;

revoke all on all tables in schema public from public;
revoke all on function florin_monthly_tables() from public;
grant execute on function florin_monthly_tables() to florin_app;
grant select, insert on psp_events, psp_event_ids to florin_app;
grant select, insert, update, delete on open_psp_events to florin_app;

select florin_ensure_partitions();
