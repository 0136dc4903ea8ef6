"""P-13: a PSP that forgets errors, or every key, under an account that declares it (`stores_errors = false`, rule 15).

A second call of an attempt would execute again there. So nothing but the first call is ever sent: a look-up finds what was
done, and time alone proves what was not.
"""

import contextlib

import pytest

from harness.agreement import agree, quiet, verified
from harness.client import new_key
from harness.processes import QUICK, World, wait_until

MODES = ["store-2xx-only", "none"]
DONE_UNANSWERED = ["error_after_processing", "drop_after_processing", "hang_after_processing", "garbage"]


@pytest.fixture(scope="module", params=MODES)
def world(request):
    settings = {**QUICK, "stripe": {**QUICK["stripe"], "stores_errors": False}}
    with World(settings) as running:
        running.simulator.settings(idempotency=request.param)
        yield running


@pytest.fixture
def simulator(world):
    world.simulator.heal()
    yield world.simulator
    world.simulator.heal()
    assert not world.simulator.duplicates()


@pytest.fixture
def client(world, simulator):
    return world.gateway.merchant_client()


@contextlib.contextmanager
def database_clock_ahead(gateway, by):
    define = "create or replace function florin_now() returns timestamptz language sql volatile parallel safe as "
    with gateway.database() as database:
        database.execute(define + f"$$select clock_timestamp() + interval '{by}'$$")
        try:
            yield
        finally:
            database.execute(define + "$$select clock_timestamp()$$")


def movements(simulator, payment_id, kind):
    return [row for row in simulator.truth(payment_id) if row["kind"] == kind]


@pytest.mark.parametrize("action", DONE_UNANSWERED)
def test_p_13_a_sale_that_was_made_and_not_answered_is_found_and_not_made_again(client, simulator, action):
    fault, key = simulator.fault(action, times=1), new_key()
    answer = client.pay(key)
    assert simulator.hits(fault) == 1 and answer.status == 202, answer.text
    # The merchant's own repeats adopt what is due, and may send it no more than the resolver may.
    for repeated in client.pay_in_parallel(4, lambda n: key):
        assert repeated.status in (200, 202), repeated.text
    final = quiet(client, answer["payment_id"])
    assert final["status"] == "captured" and client.pay(key).status == 200
    assert len(movements(simulator, answer["payment_id"], "charge")) == 1
    agree(simulator, client, answer["payment_id"])


def captured_later(client):
    payment_id = client.authorize()["payment_id"]
    return payment_id, "capture", lambda key: client.capture(payment_id, key, amount=6000)


def refunded_later(client):
    payment_id = client.pay()["payment_id"]
    return payment_id, "refund", lambda key: client.refund(payment_id, key, amount=3000)


def voided_later(client):
    payment_id = client.authorize()["payment_id"]
    return payment_id, "void", lambda key: client.void(payment_id, key)


@pytest.mark.parametrize("begin", [captured_later, refunded_later, voided_later])
def test_p_13_neither_is_any_other_operation(client, simulator, begin):
    payment_id, operation, call = begin(client)
    fault, key = simulator.fault("error_after_processing", operation=operation, times=1), new_key()
    assert call(key).status == 202 and simulator.hits(fault) == 1
    call(key)
    quiet(client, payment_id)
    final = call(key)
    assert final.status == 200 and final["operation"]["status"] == "succeeded", final.text
    assert len(movements(simulator, payment_id, operation)) == 1
    agree(simulator, client, payment_id)


def test_p_13_a_restarted_process_does_not_send_it_again_either(world, client, simulator):
    fault, key = simulator.fault("hang_after_processing", times=1), new_key()
    answer = client.pay(key)
    assert simulator.hits(fault) == 1 and answer.status == 202, answer.text
    world.gateway.kill()
    world.gateway.start()
    assert client.pay(key).status in (200, 202)
    assert quiet(client, answer["payment_id"])["status"] == "captured"
    assert len(movements(simulator, answer["payment_id"], "charge")) == 1


def test_p_13_what_was_not_made_stays_pending_until_time_proves_it_then_its_key_opens_the_next_attempt(
        world, client, simulator):
    fault, key = simulator.fault("error_before_processing", times=1), new_key()
    answer = client.pay(key)
    assert simulator.hits(fault) == 1 and answer.status == 202, answer.text
    looks = "the resolver has looked, more than once"
    with world.gateway.database() as database:
        wait_until(looks, lambda: database.execute("select max(tries) from open_operations").fetchone()[0] >= 3, 60)
    assert client.pay(key).status == 202 and not simulator.truth(answer["payment_id"])
    with database_clock_ahead(world.gateway, "2 hours"):
        assert quiet(client, answer["payment_id"])["status"] == "failed"
    assert client.pay(key).status == 200
    assert len(movements(simulator, answer["payment_id"], "charge")) == 1
    agree(simulator, client, answer["payment_id"])
    verified(world.gateway)
