"""kill -9 of the gateway exactly at each named point of the write protocol, with each actor that may come afterwards.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names: a point that never fires fails its test.
"""

import contextlib
import http.client

import pytest

from harness.client import new_key
from harness.processes import World, wait_until

POINTS = ["before_intent_commit", "after_intent_commit", "before_psp_call", "after_psp_answer", "before_outcome_commit",
          "after_outcome_commit"]


@pytest.fixture(scope="module")
def fragile():
    with World({"payments": {"answer_within_ms": 2000, "psp_deadline_ms": 2500}}) as world:
        yield world


def crash_at(world, client, point, key):
    world.gateway.terminate()
    begin = len(world.gateway.log())
    world.gateway.start(FLORIN_FAIL=f"{point}=crash@1")
    with contextlib.suppress(OSError, http.client.HTTPException):
        client.pay(key)
    wait_until(f"the gateway died at {point}", lambda: not world.gateway.alive(), 20)
    assert f'"name":"{point}","hit":1,"action":"crash"' in world.gateway.log()[begin:], "the fault never fired"


@pytest.mark.parametrize("actor", ["same_key", "two_at_once", "resolver_only"])
@pytest.mark.parametrize("point", POINTS)
def test_a_crash_there_charges_at_most_once_and_settles(fragile, point, actor):
    client, key = fragile.gateway.merchant_client(), new_key()
    crash_at(fragile, client, point, key)
    fragile.gateway.start()
    if actor == "two_at_once":
        client.pay_in_parallel(2, lambda n: key)
    if actor != "resolver_only":
        wait_until("the same key gets its final answer", lambda: client.pay(key).status == 200, 60, 0.3)
    with fragile.gateway.database() as database:
        wait_until("nothing is open",
                   lambda: database.execute("select count(*) from open_operations").fetchone()[0] == 0, 60, 0.2)
    payments = client.get("/api/v1/payments").json()["data"]
    assert len(payments) == (0 if (point, actor) == ("before_intent_commit", "resolver_only") else 1)
    for payment in payments:
        charges = [row for row in fragile.simulator.truth(payment["payment_id"]) if row["captured"]]
        assert (payment["status"], len(charges)) in (("captured", 1), ("failed", 0)), payment
    assert not fragile.simulator.duplicates()
    verified = fragile.gateway.verify()
    assert verified.returncode == 0, verified.stdout + verified.stderr
