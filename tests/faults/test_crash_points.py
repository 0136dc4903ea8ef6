"""kill -9 of the gateway exactly at each named point of the write protocol, with each actor that may come afterwards.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names: a point that never fires fails its test.
"""

import pytest

from harness.client import Client, new_key
from harness.crashes import charges, check_books, dies_at, end_leases, legs, send, wait_until_nothing_is_open
from harness.processes import Gateway, World, wait_until


@pytest.fixture(scope="module")
def fragile():
    with World({"payments": {"answer_within_ms": 5000, "psp_deadline_ms": 6000}}) as world:
        yield world


# How a payment comes to a point. Each ends when the process has died there.

def first_request(world, client, key, point):
    world.gateway.terminate()
    with dies_at(world.gateway, point):
        send(lambda: client.pay(key))


def unknown_payment(world, client, key, point):
    """Charged, but the PSP answers 500 for ever: the resolver repeats (first hit), then looks it up (second hit)."""
    world.simulator.fault("error_after_processing", times=1)
    first_request(world, client, key, point)


def refused_payment(world, client, key, point):
    """Proven not executed: the repeat opens the next attempt."""
    world.gateway.terminate()
    world.simulator.fault("rate_limit", times=1)
    with dies_at(world.gateway, point):
        assert client.pay(key).status == 503
        send(lambda: client.pay(key))


def abandoned_payment(world, client, key, point):
    """Left open by a process that died: the repeat adopts it, in a process that has no resolver."""
    first_request(world, client, key, "after_psp_answer@1")
    end_leases(world.gateway)
    api = Gateway(world.directory, world.simulator, "api", "api", database_url=world.gateway.application_url())
    with dies_at(api, point):
        send(lambda: Client(api.port, client.secret).pay(key))


RESOLVER = ["resolver_before_call", "resolver_after_answer", "resolver_before_commit", "resolver_after_commit"]
POINTS = {
    first_request: ["before_intent_commit@1", "after_intent_commit@1", "before_psp_call@1", "after_psp_answer@1",
                    "before_outcome_commit@1", "after_outcome_commit@1"],
    unknown_payment: [f"{point}@{hit}" for point in ["resolver_after_take", *RESOLVER] for hit in (1, 2)],
    refused_payment: ["before_next_attempt_commit@1", "after_next_attempt_commit@1"],
    abandoned_payment: ["before_adopting_take@1", "after_adopting_take@1", *(f"{point}@1" for point in RESOLVER)],
}
# Who comes after the restart, before the resolver has settled what was left.
ACTORS = {first_request: ["nobody", "same_key", "two_at_once"], refused_payment: ["nobody", "two_at_once"]}
CASES = [pytest.param(reach, point, actor, id=f"{reach.__name__}-{point}-{actor}")
         for reach, points in POINTS.items() for point in points for actor in ACTORS.get(reach, ["nobody"])]


@pytest.mark.parametrize("reach,point,actor", CASES)
def test_a_crash_there_charges_exactly_once_and_settles(fragile, reach, point, actor):
    client, key = fragile.gateway.merchant_client(), new_key()
    reach(fragile, client, key, point)
    end_leases(fragile.gateway)
    fragile.gateway.start()
    if actor == "two_at_once":
        client.pay_in_parallel(2, lambda n: key)
    if actor != "nobody":
        wait_until("the same key gets its final answer", lambda: client.pay(key).status == 200, 60, 0.3)
    wait_until_nothing_is_open(fragile.gateway)
    payments = client.get("/api/v1/payments").json()["data"]
    assert len(payments) == (0 if (point, actor) == ("before_intent_commit@1", "nobody") else 1)
    for payment in payments:
        assert (payment["status"], len(charges(fragile.simulator, payment))) in (("captured", 1), ("failed", 0)), payment

    final = wait_until("the key's last word is a charge", lambda: paid(client, key), 60, 0.3)
    assert len(charges(fragile.simulator, final)) == 1
    assert len(legs(client, final)) == 4 and sum(legs(client, final)) == 0
    check_books(fragile)


def paid(client, key):
    answer = client.pay(key)
    return answer.json() if answer.status == 200 else None
