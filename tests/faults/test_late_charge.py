"""kill -9 around the end of a late charge: its owner slept with the PSP's yes in its hands, beyond every fence, while the PSP's
list did not show the charge, so that another process concluded from a look-up that nothing had happened.

Where nothing else happened meanwhile the charge is adopted; where another attempt charged, it is given back. Whatever dies with
its process is found again by the watch list. Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import contextlib
import os
import signal
import threading

import pytest

from harness.client import Client, new_key
from harness.crashes import charges, check_books, dies_at, legs, send, wait_until_nothing_is_open
from harness.processes import Gateway, World, wait_until


@pytest.fixture
def world():
    with World({"payments": {"answer_within_ms": 5000, "psp_deadline_ms": 60000}}) as running:
        yield running


@contextlib.contextmanager
def database_clock_ahead(gateway, by):
    define = "create or replace function florin_now() returns timestamptz language sql volatile parallel safe as "
    with gateway.database() as database:
        database.execute(define + f"$$select clock_timestamp() + interval '{by}'$$")
        yield database
        database.execute(define + "$$select clock_timestamp()$$")


def another(world, name, command):
    return Gateway(world.directory, world.simulator, name, command, database_url=world.gateway.application_url()).started()


def conclude_not_executed(world):
    world.simulator.settings(read_lag_ms=86_400_000)
    with database_clock_ahead(world.gateway, "2 hours"), another(world, "worker", "worker"):
        wait_until_nothing_is_open(world.gateway)
    world.simulator.settings(read_lag_ms=0)


def die_late(world, client, key, point, meanwhile=lambda: None):
    """The owner of the key's payment wakes after all that, and dies at the point."""
    world.gateway.terminate()
    begin = len(world.gateway.log())
    with dies_at(world.gateway, point, "after_psp_answer=sleep:5000@1"):
        shopper = threading.Thread(target=send, args=(lambda: client.pay(key),))
        shopper.start()
        wait_until("the owner sleeps", lambda: '"name":"after_psp_answer"' in world.gateway.log()[begin:])
        os.kill(world.gateway.child.pid, signal.SIGSTOP)
        conclude_not_executed(world)
        meanwhile()
        os.kill(world.gateway.child.pid, signal.SIGCONT)
    shopper.join()


def the_payment(client):
    [payment] = client.get("/api/v1/payments").json()["data"]
    return payment


@pytest.mark.parametrize("point", ["before_adoption_commit@1", "after_adoption_commit@1"])
def test_a_late_charge_is_adopted_wholly_though_its_owner_dies(world, point):
    client, key = world.gateway.merchant_client(), new_key()
    die_late(world, client, key, point)
    world.gateway.start()
    with database_clock_ahead(world.gateway, "3 hours"):
        wait_until("it is adopted", lambda: the_payment(client)["status"] == "captured", 60, 0.2)
        payment = the_payment(client)
        assert (len(legs(client, payment)), sum(legs(client, payment))) == (4, 0)
        assert client.pay(key).status == 200
        assert len(charges(world.simulator, payment)) == 1
        wait_until_nothing_is_open(world.gateway)
    check_books(world)


def given_back(client, payment):
    rows = client.operations(payment["payment_id"])
    return [row for row in rows if row["kind"] == "late_refund" and row["outcome"] == "approved"]


@pytest.mark.parametrize("point", ["before_compensation_commit@1", "after_compensation_commit@1", "before_psp_call@2",
                                   "before_outcome_commit@2", "after_outcome_commit@1"])
def test_a_late_charge_beside_another_is_given_back_once_though_its_owner_dies(world, point):
    client, key = world.gateway.merchant_client(), new_key()

    def charged_again():
        with another(world, "second", "api") as second:
            assert Client(second.port, client.secret).pay(key).status == 200

    die_late(world, client, key, point, charged_again)
    world.gateway.start()
    with database_clock_ahead(world.gateway, "3 hours") as database:
        payment = the_payment(client)
        wait_until("it is given back", lambda: given_back(client, payment), 60, 0.2)
        wait_until_nothing_is_open(world.gateway)
        standing = "select count(*) from standing_late_charges"
        wait_until("nothing stands", lambda: database.execute(standing).fetchone()[0] == 0, 60, 0.2)
    truth = world.simulator.truth(payment["payment_id"])
    taken = [row["captured"] for row in truth if row["kind"] == "charge"]
    returned = [row["refunded"] for row in truth if row["kind"] == "refund" and row["status"] != "failed"]
    assert (len(taken), returned) == (2, taken[:1])
    assert (the_payment(client)["status"], the_payment(client)["refunded_amount"]) == ("captured", 0)
    assert len(given_back(client, payment)) == 1
    assert sum(legs(client, payment)) == 0
    verified = world.gateway.verify()
    assert verified.returncode == 0, verified.stdout + verified.stderr
