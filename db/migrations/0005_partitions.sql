-- Months are ranges on the UUIDv7 operation ids themselves, so each unique key holds and a bound is a time.

create function florin_month_bound(month date) returns uuid language sql immutable parallel safe
set search_path = pg_catalog, pg_temp as $$
    select rpad(lpad(to_hex((extract(epoch from month::timestamp) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;

-- Makes one month of one table and attaches it: unlike CREATE TABLE … PARTITION OF, attaching does not lock the parent
-- against the statements in flight.
create function florin_make_partition(parent text, month date) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
    child text := format('%s_%s', parent, to_char(month, 'YYYYMM'));
begin
    execute format('create table public.%I (like public.%I including defaults including constraints including indexes '
                   'including storage) with (autovacuum_vacuum_insert_scale_factor = 0.02, '
                   'autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_scale_factor = 0.05)', child, parent);
    perform public.florin_make_append_only(format('public.%I', child)::regclass);
    if parent = 'ledger_entries' then
        execute format('create trigger balanced after insert on public.%I referencing new table as fresh '
                       'for each statement execute function public.florin_refuse_unbalanced()', child);
    end if;
    execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, child,
                   public.florin_month_bound(month), public.florin_month_bound((month + interval '1 month')::date));
end $$;

-- Keeps the previous month (ids of a process whose clock is behind), the current and the next two of every partitioned
-- table; returns how many tables it made. The gateway may call it (daily), which is why it runs as its owner.
create function florin_ensure_partitions() returns int language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    made int := 0;
    parent text;
    month date;
begin
    perform pg_advisory_xact_lock(hashtext('florin_ensure_partitions'));
    foreach parent in array array['operation_results', 'ledger_entries', 'payment_audit_log'] loop
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

-- How many whole months after the current one exist in every partitioned table.
create function florin_months_ahead() returns int language sql stable set search_path = pg_catalog, pg_temp as $$
    select coalesce(min(ahead), 13) - 1
    from generate_series(0, 12) ahead, unnest(array['operation_results', 'ledger_entries', 'payment_audit_log']) parent
    where to_regclass(format('public.%I', parent || '_' || to_char(
        date_trunc('month', (public.florin_now() at time zone 'UTC')) + make_interval(months => ahead), 'YYYYMM'))) is null
$$;

create trigger balanced after insert on ledger_entries referencing new table as fresh
    for each statement execute function florin_refuse_unbalanced();

select florin_make_append_only(name::regclass) from unnest(array['idempotency_keys', 'operations', 'operation_results',
    'psp_references', 'late_charges', 'ledger_accounts', 'ledger_entries', 'payment_audit_log', 'chain_links']) name;

alter table idempotency_keys set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 100000);
alter table operations set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 100000);
alter table psp_references set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 100000);
alter table chain_links set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 100000);

select florin_ensure_partitions();
