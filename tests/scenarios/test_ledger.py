"""The books of a sale: four legs, balanced by the database itself, append-only, exact running balances, tamper-evident."""

import psycopg
import pytest


def entries(merchant, payment_id):
    return merchant.get(f"/api/v1/payments/{payment_id}/ledger").json()["data"]


def signed(row):
    return row["amount"] if row["entry_type"] == "debit" else -row["amount"]


def test_a_sale_posts_four_legs_that_balance(merchant):
    payment_id = merchant.pay(amount=10000)["payment_id"]
    legs = {row["account"].replace(merchant.merchant, "M"): signed(row) for row in entries(merchant, payment_id)}
    # PSP fee 1.4 % + 25 = 165, platform fee 2.9 % + 30 = 320
    assert legs == {"test:psp:stripe:main:receivable:USD": 9835, "test:psp:stripe:main:fees:USD": 165,
                    "test:merchant:M:payable:USD": -9680, "test:platform:fees:USD": -320}


def test_a_fee_above_the_amount_makes_the_merchants_leg_a_debit(merchant):
    payment_id = merchant.pay(amount=50)["payment_id"]
    legs = {row["account"].split(":")[1] + row["account"].split(":")[-2]: signed(row) for row in entries(merchant, payment_id)}
    assert sum(legs.values()) == 0
    fee = next(-signed(row) for row in entries(merchant, payment_id) if row["account"].startswith("test:platform"))
    payable = [signed(row) for row in entries(merchant, payment_id) if ":payable:" in row["account"]]
    assert payable == [fee - 50] if fee != 50 else payable == []


def test_the_balance_is_what_the_sales_left(merchant):
    for amount in (10000, 2500, 333):
        assert merchant.pay(amount=amount).status == 200
    assert merchant.pay(payment_method="pm_card_visa_chargeDeclined").status == 402
    fee = lambda amount: round_half_even(amount * 290, 10000) + 30
    [row] = merchant.get("/api/v1/balance").json()["data"]
    assert (row["currency"], row["payable"]) == ("USD", sum(amount - fee(amount) for amount in (10000, 2500, 333)))


def round_half_even(numerator, denominator):
    quotient, rest = divmod(numerator, denominator)
    return quotient + (1 if 2 * rest > denominator or (2 * rest == denominator and quotient % 2) else 0)


def test_balance_after_runs_exactly_per_account_and_writer(gateway, merchant):
    merchant.pay_in_parallel(200, lambda n: f"balance-after-{merchant.merchant}-{n}")
    with gateway.database() as database:
        wrong = database.execute("""
            select count(*) from (
                select balance_after, sum(amount) over (partition by account_id, writer order by link, position) as exact
                from (select e.*, r.link, array_position(c.operation_ids, e.operation_id) as position
                      from ledger_entries e
                      join operation_results r on r.operation_id = e.operation_id and r.outcome = 'approved'
                      join chain_links c on c.writer = r.writer and c.link = r.link) ordered) checked
            where balance_after <> exact""").fetchone()[0]
    assert wrong == 0


IMBALANCED = {
    "one_leg": [("USD", 100)], "100_against_99": [("USD", 100), ("USD", -99)], "two_currencies": [("USD", 100), ("EUR", -100)],
    "overflowing": [("USD", 2**63 - 1), ("USD", 2**63 - 1)],
}


@pytest.mark.parametrize("legs", IMBALANCED.values(), ids=IMBALANCED)
def test_l_01_l_03_l_04_an_imbalanced_journal_is_refused_by_the_database(gateway, merchant, legs):
    payment_id = merchant.pay()["payment_id"]
    with gateway.database("florin_app") as database:
        with pytest.raises(psycopg.Error):
            insert_legs(database, payment_id, legs)


def insert_legs(database, payment_id, legs):
    operation = database.execute("select operation_id from operations where payment_id = %s", (payment_id[4:],)).fetchone()[0]
    account = database.execute("select id from ledger_accounts limit 1").fetchone()[0]
    for_values, parameters = [], []
    for line, (currency, amount) in enumerate(legs):
        for_values.append("(%s, 1::smallint, %s::smallint, %s::smallint, %s, %s, %s, 0::smallint, 0, now())")
        parameters += [operation, 99, line, account, amount, currency]
    database.execute("insert into ledger_entries (operation_id, attempt, kind, line, account_id, amount, currency, writer, "
                     "balance_after, created_at) values " + ", ".join(for_values), parameters)


@pytest.mark.parametrize("table", ["ledger_entries", "operation_results", "payment_audit_log", "chain_links", "operations",
                                   "idempotency_keys", "psp_references"])
@pytest.mark.parametrize("statement", ["update {0} set {1} = {1}", "delete from {0}", "truncate {0}"])
@pytest.mark.parametrize("role", ["florin_app", "florin_owner"])
def test_l_02_append_only_tables_refuse_change_from_application_and_owner(gateway, merchant, table, statement, role):
    merchant.pay()
    with gateway.database(role) as database:
        column = "writer" if table == "chain_links" else "payment_id" if table == "psp_references" else "created_at"
        column = "recorded_at" if table == "operations" else column
        with pytest.raises(psycopg.Error) as refused:
            database.execute(statement.format(table, column))
        assert refused.value.sqlstate in ("42501", "23001"), refused.value


def test_l_02_the_application_may_not_write_partitions_directly(gateway, merchant):
    merchant.pay()
    with gateway.database("florin_app") as database:
        partitions = [row[0] for row in database.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'ledger_entries'::regclass").fetchall()]
        assert partitions
        for partition in partitions:
            with pytest.raises(psycopg.Error) as refused:
                database.execute(f"insert into {partition} select * from ledger_entries limit 1")
            assert refused.value.sqlstate == "42501"


def test_l_15_verify_is_clean_and_names_the_row_that_was_altered(merchant, gateway):
    answer = merchant.pay(amount=7777)
    clean = gateway.verify()
    assert clean.returncode == 0, clean.stdout + clean.stderr
    payment_id = answer["payment_id"]
    with gateway.database() as database:
        database.execute("set session_replication_role = replica")
        change = "update operation_results set body = replace(body, %s, %s) where payment_id = %s"
        database.execute(change, ("7777", "7778", payment_id[4:]))
        try:
            found = gateway.verify()
        finally:
            database.execute(change, ("7778", "7777", payment_id[4:]))
    assert found.returncode != 0 and payment_id[4:] in found.stdout + found.stderr
    assert gateway.verify().returncode == 0


@pytest.mark.parametrize("table,change,back", [
    ("ledger_entries", "amount = amount + 1", "amount = amount - 1"),
    ("ledger_entries", "balance_after = balance_after + 1", "balance_after = balance_after - 1"),
    ("payments", "captured = captured - 1", "captured = captured + 1"),
])
def test_l_15_verify_sees_changed_money(merchant, gateway, table, change, back):
    payment_id = merchant.pay()["payment_id"]
    where = {"ledger_entries": "operation_id = (select operation_id from operations where payment_id = %s) and line = 1",
             "payments": "id = %s"}[table]
    with gateway.database() as database:
        database.execute("set session_replication_role = replica")
        changed = database.execute(f"update {table} set {change} where {where}", (payment_id[4:],)).rowcount
        try:
            found = gateway.verify()
        finally:
            database.execute(f"update {table} set {back} where {where}", (payment_id[4:],))
    assert changed == 1 and found.returncode != 0
    assert gateway.verify().returncode == 0
