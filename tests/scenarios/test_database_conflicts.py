"""D-14, D-15, D-19: what meets another transaction in the database is repeated whole, wins once, and calls the PSP once."""

import concurrent.futures
import contextlib

import pytest

from harness.agreement import agree, quiet, verified
from harness.client import SALE, Client, new_key
from harness.processes import QUICK, Gateway, wait_until

PAYMENTS = "/api/v1/payments"
# One statement of Florin is one transaction: "statement" fails inside it, "commit" when everything in it is done.
TRIGGERS = {"statement": "create trigger planted after insert on {table} for each statement execute function planted()",
            "commit": "create constraint trigger planted after insert on {table} deferrable initially deferred "
                      "for each row execute function planted()"}
INTENT, OUTCOME = "idempotency_keys", "chain_links"


@pytest.fixture
def client(watched):
    world, _ = watched
    world.simulator.heal()
    return world.gateway.merchant_client()


@contextlib.contextmanager
def failing(gateway, table, sqlstate, when, times):
    """The first `times` transactions that write into the table fail; yields a function that counts those that tried."""
    with gateway.database() as database:
        database.execute("create sequence planted_hits")  # a sequence does not roll back
        database.execute(f"""
            create function planted() returns trigger language plpgsql security definer as $$ begin
                if nextval('public.planted_hits') <= {times} then raise exception 'planted' using errcode = '{sqlstate}'; end if;
                return null; end $$""")
        database.execute(TRIGGERS[when].format(table=table))
        try:
            yield lambda: database.execute("select last_value from planted_hits").fetchone()[0]
        finally:
            database.execute(f"drop trigger planted on {table}; drop function planted; drop sequence planted_hits")


def settled(ask):
    """The last word of an operation that may be asked again and again."""
    return wait_until("a last word", lambda: (answer := ask()).status not in (202, 409, 503) and answer, 60, 0.1)


def postings(client, payment_id):
    return len(client.get(f"{PAYMENTS}/{payment_id}/ledger").json()["data"])


@pytest.mark.parametrize("when", TRIGGERS)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_d_14_d_15_a_transaction_that_met_another_is_repeated_whole_and_the_psp_called_once(watched, client, sqlstate, when):
    world, middleman = watched
    for table in (INTENT, OUTCOME):
        begin = len(middleman.calls)
        with failing(world.gateway, table, sqlstate, when, 3) as hits:
            payment = settled(lambda key=new_key(): client.pay(key))
            refund = settled(lambda key=new_key(): client.refund(payment["payment_id"], key, amount=3000))
            assert hits() >= 5, "three failed, and two operations were written"
        assert (payment["status"], refund["status"]) == ("captured", "partially_refunded")
        assert [call.path for call in middleman.sent(begin)] == ["/v1/payment_intents", "/v1/refunds"]
        agree(world.simulator, client, payment["payment_id"])
        assert postings(client, payment["payment_id"]) == 6, "each posted once"
        audit = client.get(f"{PAYMENTS}/{payment['payment_id']}/audit").json()["data"]
        assert [row["to"] for row in audit if row["type"] == "status_change"] == ["captured", "partially_refunded"]
    verified(world.gateway)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_d_15_an_intent_that_never_gets_through_is_503_and_asks_the_psp_nothing(watched, client, sqlstate):
    world, middleman = watched
    begin, key = len(middleman.calls), new_key()
    with failing(world.gateway, INTENT, sqlstate, "commit", 1_000_000) as hits:
        answer = client.pay(key)
        assert (answer.status, answer["code"] in ("commit_unknown", "overloaded")) == (503, True), answer.text
        assert int(answer.headers["retry-after"]) >= 1 and hits() >= 3
        assert not middleman.sent(begin)
    assert settled(lambda: client.pay(key)).status == 200
    assert len(middleman.sent(begin)) == 1
    client.calm()


def test_d_15_an_outcome_that_does_not_get_through_is_pending_and_never_failed(watched, client):
    world, middleman = watched
    begin, key = len(middleman.calls), new_key()
    with failing(world.gateway, OUTCOME, "40001", "commit", 1_000_000) as hits:
        answer = client.pay(key)
        assert (answer.status, answer["status"]) == (202, "pending") and hits() >= 3, answer.text
    client.calm()
    assert quiet(client, answer["payment_id"])["status"] == "captured"
    operation = client.operations(answer["payment_id"])[0]["operation_id"]
    assert client.pay(key).status == 200
    assert {call.key for call in middleman.sent(begin) if operation in call.key} == {f"{operation}-1"}, "repeats have its key"
    agree(world.simulator, client, answer["payment_id"])


class Pair:
    """Two gateways on one database, and a way to make their transactions meet."""

    def __init__(self, world, second, database):
        self.world, self.database = world, database
        merchant = world.gateway.merchant_client()
        self.clients = [merchant, Client(second.port, merchant.secret)]

    def waiting(self):
        return self.database.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                     " and usename = 'florin_app'").fetchone()[0]

    def meet(self, lock, values, posts):
        """Posts [(path, body, key)], one at each gateway, whose statements all wait at the lock until it is given back."""
        with self.world.gateway.database() as holder, concurrent.futures.ThreadPoolExecutor(len(posts)) as threads:
            with holder.transaction(force_rollback=True):
                holder.execute(lock, values)
                asked = [threads.submit(client.post, *post) for client, post in zip(self.clients, posts)]
                wait_until("both wait for the lock", lambda: self.waiting() >= len(posts), 30)
            first = [one.result(60) for one in asked]
            assert {answer.status for answer in first} <= {200, 202, 409, 422, 503}, [answer.text for answer in first]
            return [settled(lambda c=client, p=post: c.post(*p)) for client, post in zip(self.clients, posts)]

    def meet_on(self, payment_id, *operations):
        """Statuses of what is asked of one payment at both gateways: (verb, body)."""
        posts = [(f"{PAYMENTS}/{payment_id}/{verb}", body, new_key()) for verb, body in operations]
        answers = self.meet("select from payments where id = %s for update", (payment_id[4:],), posts)
        return sorted(answer.status for answer in answers), self.end(payment_id)

    def end(self, payment_id):
        quiet(self.clients[0], payment_id)
        return agree(self.world.simulator, self.clients[1], payment_id)


@pytest.fixture(scope="module")
def pair(watched):
    world, _ = watched
    second = Gateway(world.directory, world.simulator, "second", "api", QUICK, world.gateway.application_url())
    with second.started(), world.gateway.database() as database:
        yield Pair(world, second, database)


@pytest.fixture(params=["read committed", "repeatable read", "serializable"])
def isolation(request, pair):
    """The first is what Florin uses; an operator who sets another one must not break it."""
    default = "show default_transaction_isolation"
    with pair.world.gateway.database("florin_app") as application:
        assert application.execute(default).fetchone()[0] == "read committed", "the level that is really used"
        pair.database.execute(f"alter system set default_transaction_isolation = '{request.param}'")
        pair.database.execute("select pg_reload_conf()")
        wait_until("it is in force", lambda: application.execute(default).fetchone()[0] == request.param)
        yield request.param
        pair.database.execute("alter system reset default_transaction_isolation")
        pair.database.execute("select pg_reload_conf()")
        wait_until("it is the usual one", lambda: application.execute(default).fetchone()[0] == "read committed")


def test_d_19_no_anomaly_at_any_isolation_level(pair, isolation):
    merchant, log = pair.clients[0], len(pair.world.gateway.log())
    held = {"multiple_captures": True}
    # Write skew on the refund limit: each alone is allowed.
    statuses, document = pair.meet_on(merchant.pay()["payment_id"], *[("refund", {"amount": 6000})] * 2)
    assert (statuses, document["refunded_amount"]) == ([200, 422], 6000)
    # Lost update: both are allowed, and both count.
    statuses, document = pair.meet_on(merchant.pay()["payment_id"], *[("refund", {"amount": 3000})] * 2)
    assert (statuses, document["refunded_amount"]) == ([200, 200], 6000)
    # Phantom: what is left to capture is the sum over rows that the other one is about to add.
    payment_id = merchant.authorize(**held)["payment_id"]
    assert merchant.capture(payment_id, amount=3000, final=False).status == 200
    statuses, document = pair.meet_on(payment_id, *[("capture", {"amount": 4000, "final": False})] * 2)
    assert (statuses, document["captured_amount"]) == ([200, 422], 7000)
    # Two rules over one row: what is captured cannot be voided.
    statuses, document = pair.meet_on(merchant.authorize()["payment_id"], ("capture", {}), ("void", {}))
    assert (statuses, document["captured_amount"] + document["voided_amount"]) == ([200, 422], 10000)
    if isolation != "read committed":
        assert '"sqlstate":"40001"' in pair.world.gateway.log()[log:] + second_log(pair), "nothing has met"


def second_log(pair):
    return (pair.world.directory / "second.log").read_text()


def test_d_19_of_one_key_at_both_gateways_one_wins_though_a_third_gives_it_back(pair, isolation):
    """ON CONFLICT waits for a row that another transaction has inserted, and that then was never there."""
    merchant, key = pair.clients[0], new_key()
    merchant.pay()
    copy = ("insert into idempotency_keys select merchant_id, live, %s, operation_id, payment_id, fingerprint, created_at"
            " from idempotency_keys where merchant_id = %s limit 1")
    answers = pair.meet(copy, (key, merchant.merchant[4:]), [(PAYMENTS, SALE, key)] * 2)
    assert {answer.status for answer in answers} == {200} and answers[0].text == answers[1].text
    assert pair.end(answers[0]["payment_id"])["status"] == "captured"
    assert not pair.world.simulator.duplicates()


def test_d_14_opposite_orders_do_not_deadlock(pair):
    """The same payments, asked for in opposite orders at two gateways: batches lock in one order."""
    merchant, count = pair.clients[0], "select deadlocks from pg_stat_database where datname = 'florin'"
    payments, rounds = [merchant.pay()["payment_id"] for _ in range(16)], 4
    before = pair.database.execute(count).fetchone()[0]
    orders = (payments * rounds, payments[::-1] * rounds)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(client.post_in_parallel, len(order), lambda n, o=order: f"{PAYMENTS}/{o[n]}/refund",
                                  lambda n: new_key(), lambda n: {"amount": 100})
                   for client, order in zip(pair.clients, orders)]
        statuses = {answer.status for side in answers for answer in side.result(120)}
    assert statuses <= {200, 202, 409, 503}
    for payment_id in payments:
        assert 0 < pair.end(payment_id)["refunded_amount"] <= 2 * rounds * 100
    assert pair.database.execute(count).fetchone()[0] == before
    verified(pair.world.gateway)
