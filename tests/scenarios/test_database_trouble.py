"""D-09, D-13, K-09: a database that takes no writes, no connections or no more bytes. Whoever asks is told when to come back,
nobody is told what is not so, and all goes on by itself.
"""

import concurrent.futures
import contextlib
import resource

import psycopg
import pytest

from harness import psp_events
from harness.admin import MERCHANTS, made_by_cli, operator
from harness.admin import send as send_admin
from harness.agreement import agree, quiet, verified
from harness.client import new_key, request
from harness.processes import QUICK, World, wait_until

PAYMENTS = "/api/v1/payments"
SLOTS, RESERVED = 40, 5  # max_connections, and those that only a superuser gets
CLIENTS = 2000


@pytest.fixture(scope="module")
def small():
    """A world whose PostgreSQL takes few connections."""
    world = World({**QUICK, "limits": {"requests_per_second": 0}})
    world.simulator.shared["FLORIN_STRIPE_TEST_WEBHOOK_SECRET"] = psp_events.SECRET
    with world:
        with world.gateway.database() as database:
            database.execute(f"alter system set max_connections = {SLOTS}")
        assert world.gateway.terminate() == 0
        world.gateway.start()
        assert world.gateway.cli("doctor", check=False).returncode in (0, 1)
        yield world


@pytest.fixture
def process(small):
    """The gateway as it was before; it must not need a restart."""
    small.simulator.heal()
    pid, postmaster = small.gateway.child.pid, small.gateway.postmaster()
    yield pid
    assert (small.gateway.child.pid, small.gateway.postmaster()) == (pid, postmaster) and small.gateway.alive()
    verified(small.gateway)


def pays(client, key=None):
    """Whether a payment went through; every refusal says when to come back."""
    answer = client.pay(key)
    assert answer.status in (200, 202, 429, 503), answer.text
    return answer if answer.status == 200 else None


def check_refused(answers):
    """Each is a 503 or 429 that says when to come back; never an error of the gateway."""
    for name, answer in answers.items():
        assert answer.status in (429, 503), f"{name}: {answer.status} {answer.text}"
        assert int(answer.headers["retry-after"]) >= 1, name


def at_once(asks):
    with concurrent.futures.ThreadPoolExecutor(len(asks)) as threads:
        return dict(zip(asks, threads.map(lambda ask: ask(), asks.values())))


class Tour:
    """Everything that can be asked, by kind; keys stay the same in every round."""

    def __init__(self, world):
        self.world, self.merchant, self.admin = world, world.gateway.merchant_client(), operator(world.gateway)
        self.merchant.calm()
        self.held, self.paid = self.merchant.authorize()["payment_id"], self.merchant.pay()["payment_id"]
        self.made = made_by_cli(world.gateway, "--merchant", self.merchant.merchant)
        self.keys = [new_key() for _ in range(6)]
        self.event = psp_events.event_of({"id": "pi_nobody", "object": "payment_intent"})

    def writes(self):
        client, keys, revoke = self.merchant, self.keys, f"/api/v1/admin/keys/{self.made['id']}/revoke"
        return at_once({
            "sale": lambda: client.pay(keys[0]),
            "authorize": lambda: client.authorize(keys[1]),
            "capture": lambda: client.capture(self.held, keys[2], amount=6000),
            "refund": lambda: client.refund(self.paid, keys[3], amount=3000),
            "new merchant": lambda: send_admin(self.admin, "POST", MERCHANTS, {"name": "Made in trouble"}, keys[4]),
            "revoked key": lambda: send_admin(self.admin, "POST", revoke, {}, keys[5]),
        })

    def webhook(self):
        return psp_events.post(self.world, self.event)

    def reads(self):
        paths = [PAYMENTS, f"{PAYMENTS}?limit=1", "/api/v1/balance", *(f"{PAYMENTS}/{self.paid}{rest}" for rest in
                 ("", "/operations", "/ledger", "/audit", "/refunds"))]
        admin = {path: self.admin.get(path) for path in (MERCHANTS, "/api/v1/admin/keys", "/api/v1/admin/audit")}
        return {**{path: self.merchant.get(path) for path in paths}, **admin}

    def check_done_once(self):
        for name, answer in self.writes().items():
            assert answer.status in (200, 201), f"{name}: {answer.text}"
        assert self.webhook() == 200
        for payment_id, amounts in ((self.held, (6000, 0)), (self.paid, (10000, 3000))):
            quiet(self.merchant, payment_id)
            document = agree(self.world.simulator, self.merchant, payment_id)
            assert (document["captured_amount"], document["refunded_amount"]) == amounts
        assert not self.world.simulator.duplicates()


@contextlib.contextmanager
def read_only(gateway):
    """As a primary that was demoted behind its connections' back: every write is SQLSTATE 25006."""
    with gateway.database() as database, gateway.database("florin_app") as application:
        def switch(on):
            database.execute(f"alter system {'set' if on else 'reset'} default_transaction_read_only" + (" = on" if on else ""))
            database.execute("select pg_reload_conf()")
            state = "on" if on else "off"
            wait_until(f"read only is {state}",
                       lambda: application.execute("show default_transaction_read_only").fetchone()[0] == state)
        switch(True)
        try:
            yield
        finally:
            switch(False)


def test_d_09_a_database_that_became_read_only_is_503_and_writable_again_without_a_restart(small, process):
    tour = Tour(small)
    tour.reads()
    begin = len(small.gateway.log())
    with read_only(small.gateway):
        check_refused(tour.writes())
        assert tour.webhook() == 503
        ready = request(small.gateway.port, "GET", "/readyz")
        assert ready.status == 503 and "takes no writes" in ready["detail"], ready.text
        # Under the standing queue reads may be shed.
        assert {answer.status for answer in tour.reads().values()} <= {200, 503}
        assert '"sqlstate":"25006"' in small.gateway.log()[begin:]
    tour.merchant.calm()
    tour.check_done_once()
    assert '"status":500' not in small.gateway.log()[begin:]


def test_d_09_connections_that_were_cut_are_opened_again_and_nobody_sees_an_error(small, process):
    tour = Tour(small)
    cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'florin_app'"
    with small.gateway.database() as database, concurrent.futures.ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            asked = [threads.submit(tour.merchant.pay) for _ in range(8)] + [threads.submit(tour.merchant.get, PAYMENTS)]
            wait_until("there is a connection to cut", lambda: database.execute(cut).fetchone()[0] > 0, 60)
            assert {answer.result(60).status for answer in asked} <= {200, 202, 503}
    tour.merchant.calm()
    tour.check_done_once()


def test_k_09_a_database_with_a_full_disk_is_503_and_acknowledges_nothing(small, process):
    """Every statement that looks at the time fails as on a full disk (53100): look-ups of keys, reads and commits."""
    tour, define = Tour(small), "create or replace function florin_now() returns timestamptz language "
    begin = len(small.gateway.log())
    with small.gateway.database() as database:
        database.execute("update api_keys set expires_at = florin_now() + interval '1 day'")  # or nobody looks at the time
        database.execute(define + "plpgsql as $$begin raise exception 'planted' using errcode = '53100'; end$$")
        try:
            # Beyond the seconds for which a key that was looked up is believed.
            wait_until("keys are looked up again", lambda: tour.merchant.get(PAYMENTS).status != 200, 60, 0.2)
            check_refused({**tour.writes(), **tour.reads()})
            assert tour.webhook() == 503
        finally:
            database.execute(define + "sql volatile parallel safe as $$select clock_timestamp()$$")
    tour.merchant.calm()
    tour.check_done_once()
    assert '"status":500' not in small.gateway.log()[begin:]


class Hog:
    """Takes every connection that is left to the application."""

    def __init__(self, gateway, admin):
        self.gateway, self.admin, self.taken = gateway, admin, []

    def mine(self):
        return [one.info.backend_pid for one in self.taken]

    def has_all(self):
        """A slot that is being given back is free a moment later, and taken by whoever comes first."""
        both = ("select count(*) filter (where usename = 'florin_app' and pid <> all(%s)), count(*) from pg_stat_activity"
                " where backend_type = 'client backend'")
        of_florin, of_all = self.admin.execute(both, (self.mine(),)).fetchone()
        return of_florin == 0 and of_all >= SLOTS - RESERVED

    def fill(self):
        with contextlib.suppress(psycopg.OperationalError):
            while len(self.taken) <= SLOTS:
                self.taken.append(self.gateway.database("florin_app"))
            raise AssertionError("more connections than there are")

    def take_all(self):
        """Until Florin has none."""
        def is_alone():
            self.admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'florin_app'"
                               " and pid <> all(%s)", (self.mine(),))
            self.fill()
            return self.has_all()
        self.fill()
        wait_until("Florin has no connection", is_alone, 60)

    def release(self):
        for one in self.taken:
            one.close()


def clients_that_fit():
    """How many sockets this process may have for a storm."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CLIENTS), hard))
    return min(CLIENTS, hard - 500)


def test_d_13_a_storm_is_queued_or_shed_and_leaves_the_operators_connections(small, process):
    count = clients_that_fit()
    merchant, keys = small.gateway.merchant_client(), [new_key() for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(1) as threads, small.gateway.database() as admin:
        storm = threads.submit(merchant.pay_in_parallel, count, lambda n: keys[n], timeout=120)
        most = 0
        while not storm.done():
            connections = "select count(*) from pg_stat_activity where usename = 'florin_app'"
            most = max(most, admin.execute(connections).fetchone()[0])
            small.gateway.database().close()  # a superuser comes in at any moment
    answers = storm.result()
    statuses = {status: sum(answer.status == status for answer in answers) for status in {answer.status for answer in answers}}
    print(f"{statuses}, at the most {most} of {SLOTS} connections")
    assert set(statuses) <= {200, 202, 429, 503} and statuses[200] > 0
    assert 0 < most <= SLOTS - RESERVED
    wait_until("payments go on", lambda: pays(merchant), 60, 0.1)
    for number in range(0, count, count // 50):
        again = wait_until("it is paid", lambda: pays(merchant, keys[number]), 60, 0.1)
        assert answers[number].status != 200 or answers[number].text == again.text
    assert not small.simulator.duplicates()


def test_d_13_when_others_took_every_connection_it_is_503_until_one_is_free(small, process):
    merchant, keys = small.gateway.merchant_client(), [new_key() for _ in range(200)]
    assert pays(merchant)
    with small.gateway.database() as admin:
        hog = Hog(small.gateway, admin)
        try:
            hog.take_all()
            answers = merchant.pay_in_parallel(len(keys), lambda n: keys[n])
            check_refused(dict(enumerate(answers)))
            assert {answer.json()["code"] for answer in answers} <= {"overloaded", "commit_unknown"}
            assert request(small.gateway.port, "GET", "/readyz").status == 503
            small.gateway.database().close()
        finally:
            hog.release()
    wait_until("payments go on", lambda: pays(merchant), 60, 0.1)
    assert small.gateway.ready()
    for key in keys[::20]:
        wait_until("the same key is paid", lambda: pays(merchant, key), 60, 0.1)
    assert not small.simulator.duplicates()
