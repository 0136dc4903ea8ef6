-- The database's clock, the guard of append-only tables and the legal changes of status. Everything is owned by the role
-- that migrates (florin_owner); the gateway connects as florin_app, which owns nothing.
do $$
begin
    if not exists (select from pg_roles where rolname = 'florin_app') then
        raise exception 'the role florin_app does not exist; create it first: CREATE ROLE florin_app LOGIN';
    end if;
end $$;

-- Every age that decides about money is counted on this clock, never on a process's. Tests replace it to shift time.
create function florin_now() returns timestamptz language sql volatile parallel safe as 'select clock_timestamp()';

-- What an audit row may say, old>new. A domain is parsed once per session, a table CHECK in every statement. A unit test
-- compares this list with the state table of payments/status.hpp.
create domain status_change as text collate "C" check (value in (
    'pending>captured', 'pending>failed', 'pending>requires_action',
    'requires_action>captured', 'requires_action>failed', 'requires_action>pending',
    'failed>pending', 'failed>captured'));

create function florin_refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

-- Statement triggers are not inherited by partitions, so the partition function calls this for each of them too.
create function florin_make_append_only(target regclass) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    execute format('create trigger append_only before update or delete or truncate on %s '
                   'for each statement execute function public.florin_refuse_change()', target);
end $$;
