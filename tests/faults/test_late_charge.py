"""kill -9 around the adoption of a late charge: its owner slept with the PSP's yes in its hands, beyond every fence, while
the PSP's list did not show the charge, so that another process concluded from a look-up that nothing had happened.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import contextlib
import os
import signal
import threading

import pytest

from harness.client import new_key
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
        yield
        database.execute(define + "$$select clock_timestamp()$$")


def conclude_not_executed(world):
    world.simulator.settings(read_lag_ms=86_400_000)
    url = world.gateway.application_url()
    with database_clock_ahead(world.gateway, "2 hours"):
        with Gateway(world.directory, world.simulator, "worker", "worker", database_url=url).started():
            wait_until_nothing_is_open(world.gateway)
    world.simulator.settings(read_lag_ms=0)


def die_while_adopting(world, client, key, point):
    world.gateway.terminate()
    begin = len(world.gateway.log())
    with dies_at(world.gateway, point, "after_psp_answer=sleep:5000@1"):
        shopper = threading.Thread(target=send, args=(lambda: client.pay(key),))
        shopper.start()
        wait_until("the owner sleeps", lambda: '"name":"after_psp_answer"' in world.gateway.log()[begin:])
        os.kill(world.gateway.child.pid, signal.SIGSTOP)
        conclude_not_executed(world)
        os.kill(world.gateway.child.pid, signal.SIGCONT)
    shopper.join()


# Before the commit the yes dies with its owner: the charge stands alone until the PSP tells of it again.
@pytest.mark.parametrize("point,status,booked", [("before_adoption_commit@1", "failed", 0),
                                                 ("after_adoption_commit@1", "captured", 4)])
def test_a_late_charge_is_adopted_wholly_or_not_at_all(world, point, status, booked):
    client, key = world.gateway.merchant_client(), new_key()
    die_while_adopting(world, client, key, point)
    world.gateway.start()
    [payment] = client.get("/api/v1/payments").json()["data"]
    assert (payment["status"], len(legs(client, payment)), sum(legs(client, payment))) == (status, booked, 0)
    assert len(charges(world.simulator, payment)) == 1
    if booked:
        assert client.pay(key).status == 200
        assert len(charges(world.simulator, payment)) == 1
    wait_until_nothing_is_open(world.gateway)
    check_books(world)
