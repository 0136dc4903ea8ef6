"""What the gateway's database role may do, and that it may do nothing else (D-23). The tables come from the catalogue: a
new one fails here until it is listed with its rights."""

import contextlib

import psycopg
import pytest
from psycopg import errors

from harness.processes import Gateway, wait_until

# Written once: UPDATE, DELETE and TRUNCATE are refused to the application by grants, to the owner by a trigger.
APPEND_ONLY = {"idempotency_keys", "operations", "operation_results", "psp_references", "late_charges", "ledger_accounts",
               "ledger_entries", "payment_audit_log", "chain_links", "operation_reversals", "admin_audit_log", "psp_events",
               "psp_event_ids", "interim_documents", "events"}
# Everything else, with what the application may do beside SELECT and why. "update(a b)": these columns only.
OTHERS = {
    "payments": ("insert update", "amounts and status move; the database checks their limits"),
    "ledger_balances": ("insert update", "running balances, recomputed by florin verify"),
    "open_operations": ("insert update delete", "what is open, gone once it is settled"),
    "held_authorizations": ("insert update delete", "the worker's list of holds that will expire"),
    "watched_operations": ("insert update delete", "the worker's list of successes to look at again"),
    "watched_attempts": ("insert update delete", "the worker's list of attempts that may yet turn out to have been executed"),
    "standing_late_charges": ("insert update delete", "late charges on their way back, gone once they are"),
    "open_psp_events": ("insert update delete", "the queue of PSPs' events, gone once they are handled"),
    "relays": ("update", "the position of the last id that was given out"),
    "relay_cursors": ("insert update", "how far each writer's links are told, recomputed by florin verify"),
    "merchants": ("insert update(before_expiry before_expiry_hours burst closed_at name requests_per_second version)", "managed by the admin API, logged"),
    "fee_plans": ("insert update(basis_points fixed) delete", "managed by the admin API, logged"),
    "api_keys": ("insert update(expires_at last_used_at replaced_by revoked_at)", "a key's identity is written once"),
    "webhook_endpoints": ("insert update(description reason status types updated_at url version)", "managed by the API, logged"),
    "webhook_secrets": ("insert update(expires_at) delete", "sealed; those of a deleted endpoint are gone"),
    "webhook_queues": ("insert update", "when each endpoint is due, and who sends to it"),
    "webhook_deliveries": ("insert update", "what each endpoint is told, and what became of it"),
    "florin_migrations": ("", "the gateway compares the schema with its own at start"),
}
FUNCTIONS = {"florin_now", "florin_is_live", "florin_ensure_partitions", "florin_months_ahead", "florin_monthly_tables",
             "florin_month_bound", "florin_free_endpoint_slot"}
DENIED = (errors.InsufficientPrivilege,)

COLUMN_RIGHTS = """
    select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and has_column_privilege('florin_app', c.oid, a.attnum, 'update')
      and not has_table_privilege('florin_app', c.oid, 'update')"""


@pytest.fixture
def owner(gateway):
    with gateway.database("florin_owner") as database:
        yield database


@pytest.fixture
def application(gateway):
    with gateway.database("florin_app") as database:
        yield database


@contextlib.contextmanager
def undone(database):
    """What was allowed by mistake is rolled back."""
    database.autocommit = False
    try:
        yield
    finally:
        database.rollback()
        database.autocommit = True


def refused(database, statement, reasons=DENIED):
    with undone(database), pytest.raises(reasons):
        database.execute(statement)


def not_denied(database, statements):
    """What went through, or failed for another reason than missing rights."""
    wrong = []
    for statement in statements:
        with undone(database):
            try:
                database.execute(statement)
                wrong.append(f"{statement}: allowed")
            except errors.InsufficientPrivilege:
                pass
            except psycopg.Error as error:
                wrong.append(f"{statement}: {error}")
    return wrong


def relations(database, partitions):
    rows = database.execute("""select relname from pg_class where relnamespace = 'public'::regnamespace
                               and relkind in ('r', 'p') and relispartition = %s order by relname""", [partitions])
    return [name for name, in rows]


def first_column(database, table):
    return database.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum = 1",
                            [table]).fetchone()[0]


def rights_of(database, table):
    granted = [name for name in ("insert", "update", "delete", "truncate", "references", "trigger")
               if database.execute("select has_table_privilege('florin_app', %s, %s)", [table, name]).fetchone()[0]]
    columns = sorted(column for name, column in database.execute(COLUMN_RIGHTS) if name == table)
    if columns:
        granted.insert(granted.index("insert") + 1, f"update({' '.join(columns)})")
    return " ".join(granted)


def test_every_table_is_append_only_or_listed_with_its_rights(owner):
    assert set(relations(owner, partitions=False)) == APPEND_ONLY | set(OTHERS)
    assert not APPEND_ONLY & set(OTHERS)
    rights = {table: rights_of(owner, table) for table in relations(owner, partitions=False)}
    assert rights == {**{table: "insert" for table in APPEND_ONLY}, **{table: right for table, (right, _) in OTHERS.items()}}


def test_append_only_tables_are_changed_by_nobody(application, owner):
    for table in APPEND_ONLY | set(relations(owner, partitions=True)):
        column = first_column(owner, table)
        for statement in (f"update {table} set {column} = {column} where false", f"delete from {table} where false",
                          f"truncate {table}"):
            refused(application, statement)
            refused(owner, statement, errors.RestrictViolation)


def test_partitions_belong_to_their_parents(application, owner):
    partitions = relations(owner, partitions=True)
    assert len(partitions) >= 12, "three tables, four months"
    for table in partitions:
        for statement in (f"insert into {table} default values", f"select from {table}", f"copy {table} from stdin",
                          f"alter table {table} add column x int", f"drop table {table}"):
            refused(application, statement)


@pytest.mark.parametrize("statement", [
    "alter table {table} add column x int", "alter table {table} disable trigger all",
    "alter table {table} disable trigger user", "alter table {table} owner to florin_app", "drop table {table}",
    "create trigger t before insert on {table} for each row execute function florin_refuse_change()",
    "create rule r as on insert to {table} do instead nothing", "create index on {table} ((1))", "truncate {table}",
    "alter table {table} enable row level security", "comment on table {table} is 'x'", "grant all on {table} to public",
    "vacuum {table}", "reindex table {table}",
])
def test_no_table_is_altered(gateway, owner, statement):
    """VACUUM of another's table is a warning, not an error."""
    with gateway.database("florin_app") as application:
        for table in relations(owner, partitions=False):
            notices = []
            application.add_notice_handler(lambda diagnostic: notices.append(diagnostic.message_primary))
            try:
                application.execute(statement.format(table=table))
            except DENIED:
                continue
            assert notices, f"{statement} went through on {table}"


def test_nothing_is_made_and_nobody_else_is_played(application):
    statements = [
        "create table t (x int)", "create temporary table t (x int)", "create schema s", "create view v as select 1",
        "create function f() returns int language sql as 'select 1'", "create sequence s", "create type t as enum ('a')",
        "create function pg_temp.f() returns int language sql as 'select 1'", "create extension lo", "create role r",
        "create domain d as int", "create publication p", "create event trigger e on ddl_command_start execute function f()",
        "alter domain status_change drop constraint status_change_check", "drop function florin_now()",
        "alter function florin_now() owner to florin_app", "alter database florin set fsync = off",
        "alter role florin_owner password 'x'", "alter role florin_app superuser", "alter role florin_app createrole",
        "set role florin_owner", "set role postgres", "set session authorization postgres",
        "set session_replication_role = replica", "set local session_replication_role = replica",
        "select set_config('session_replication_role', 'replica', false)", "set zero_damaged_pages = on",
        "alter role florin_app set session_replication_role = replica",
        "grant florin_owner to florin_app", "checkpoint", "load 'auto_explain'",
    ]
    assert not_denied(application, statements) == []


@pytest.mark.parametrize("statement", ["alter system set fsync = on", "create database d", "drop database postgres",
                                       "create tablespace t location '/tmp'", "reindex system florin"])
def test_the_server_is_not_the_applications(application, statement):
    """What does not run inside a transaction, where it could be undone."""
    with pytest.raises(DENIED):
        application.execute(statement)


def test_nothing_is_read_or_written_beyond_the_tables(application):
    statements = [
        "copy (select 1) to program 'true'", "copy merchants from program 'true'", "copy merchants from '/etc/passwd'",
        "copy merchants to '/tmp/florin-merchants'", "select * from pg_authid", "select * from pg_shadow",
        "select pg_read_file('pg_hba.conf')", "select pg_read_binary_file('pg_hba.conf')", "select pg_ls_dir('.')",
        "select pg_stat_file('pg_hba.conf')", "select * from pg_hba_file_rules", "select * from pg_file_settings",
        "select lo_create(0)", "select lo_creat(-1)", "select lo_from_bytea(0, 'x')", "select lo_import('/etc/passwd')",
        "select lo_export(1, '/tmp/florin-lo')", "select * from pg_statistic",
        "select pg_reload_conf()", "select pg_switch_wal()", "select pg_rotate_logfile()", "select pg_promote()",
        "select pg_logical_emit_message(true, 'a', 'b')", "select pg_create_restore_point('x')",
        "select pg_create_physical_replication_slot('x')", "select * from pg_user_mapping",
    ]
    assert not_denied(application, statements) == []


def test_only_listed_functions_are_the_applications(owner):
    rows = owner.execute("""select proname, prosecdef, coalesce(array_to_string(proconfig, ','), '') from pg_proc
                            where pronamespace = 'public'::regnamespace
                              and has_function_privilege('florin_app', oid, 'execute')""").fetchall()
    assert {name for name, _, _ in rows} == FUNCTIONS
    elevated = {name: settings for name, is_elevated, settings in rows if is_elevated}
    assert set(elevated) == {"florin_ensure_partitions"}
    assert all("search_path=pg_catalog, pg_temp" in settings for settings in elevated.values()), elevated


def test_nothing_is_owned_and_nothing_is_everybodys(owner):
    owned = owner.execute("""select relname from pg_class where relowner = 'florin_app'::regrole
                             union select proname from pg_proc where proowner = 'florin_app'::regrole
                             union select nspname from pg_namespace where nspowner = 'florin_app'::regrole""").fetchall()
    assert owned == []
    public = owner.execute("""select relname from pg_class, aclexplode(relacl) acl
                              where relnamespace = 'public'::regnamespace and acl.grantee = 0""").fetchall()
    assert public == []
    memberships = owner.execute("select from pg_auth_members where member = 'florin_app'::regrole").fetchall()
    assert memberships == [], "the application's role is a member of no other"


def test_keys_are_read_as_hashes_only(application, merchant):
    """The gateway needs the hashes; there is nothing else to read."""
    rows = application.execute("select row_to_json(k)::text from api_keys k").fetchall()
    assert rows and all(merchant.secret not in text for text, in rows)
    assert all(merchant.secret[8:] not in text for text, in rows)


@pytest.fixture
def careless_role(gateway):
    """A role may set its own defaults, and PostgreSQL lets nobody forbid that: it has to be seen. Sessions of the gateway
    are pinned when they begin (connection_test.cpp)."""
    with gateway.database("florin_app") as application:
        application.execute("alter role florin_app set synchronous_commit = off")
        try:
            yield gateway
        finally:
            application.execute("alter role florin_app reset synchronous_commit")


def test_a_role_that_forgets_commits_is_detected(careless_role, simulator, world):
    doctor = careless_role.cli("doctor", check=False)
    assert doctor.returncode != 0
    assert "synchronous_commit is off" in doctor.stdout + doctor.stderr
    second = Gateway(world.directory, simulator, name="careless", command="api",
                     database_url=careless_role.application_url())
    second.start(ready=False)
    try:
        wait_until("it refuses to start", lambda: not second.alive(), 60)
        assert second.child.returncode != 0 and "synchronous_commit is off" in second.log()
    finally:
        second.kill()
