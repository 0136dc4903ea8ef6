"""kill -9 of the gateway while it authorizes, captures, voids or refunds: the money moves exactly once.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names. Every point of the protocol is reached by
test_crash_points.py; here are those between which something durable happened, for each kind of operation.
"""

import functools

import pytest

from harness.client import new_key
from harness.crashes import check_books, dies_at, end_leases, send, wait_until_nothing_is_open
from harness.processes import World, wait_until


@pytest.fixture(scope="module")
def fragile():
    with World({"payments": {"answer_within_ms": 5000, "psp_deadline_ms": 6000}}) as world:
        yield world


# Each gives the request, ready to be sent again and again.

def authorize(client, key):
    return functools.partial(client.authorize, key)


def capture(client, key):
    return functools.partial(client.capture, client.authorize()["payment_id"], key)


def void(client, key):
    return functools.partial(client.void, client.authorize()["payment_id"], key)


def refund(client, key):
    return functools.partial(client.refund, client.pay()["payment_id"], key)


POINTS = ["before_intent_commit@1", "after_intent_commit@1", "after_psp_answer@1", "after_outcome_commit@1",
          "resolver_after_answer@1", "resolver_before_commit@1"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", [authorize, capture, void, refund], ids=lambda kind: kind.__name__)
def test_a_crash_there_moves_the_money_exactly_once(fragile, kind, point):
    client = fragile.gateway.merchant_client()
    request = kind(client, new_key())
    fragile.gateway.terminate()
    if point.startswith("resolver"):
        fragile.simulator.fault("error_after_processing", operation=kind.__name__, times=1)
    with dies_at(fragile.gateway, point):
        send(request)
    end_leases(fragile.gateway)
    fragile.gateway.start()
    wait_until_nothing_is_open(fragile.gateway)

    wait_until("the key's last word is a success", lambda: request().status == 200, 60, 0.3)
    [payment] = client.get("/api/v1/payments").json()["data"]
    moved = [row for row in fragile.simulator.truth(payment["payment_id"]) if row["kind"] == kind.__name__]
    assert len(moved) == 1, moved
    check_books(fragile)
