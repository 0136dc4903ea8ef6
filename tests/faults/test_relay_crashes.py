"""C15: kill -9 of a worker before and after its relay's commit. What it leaves is told by the next, once, without a gap.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import itertools

import pytest

from harness.crashes import check_books, dies_at, end_leases, send, wait_until_nothing_is_open
from harness.processes import QUICK, World, wait_until

BEHIND = """select 1 from chain_links c left join relay_cursors r on r.relay = 'events' and r.writer = c.writer
            where c.link > coalesce(r.link, 0)"""
POINTS = ["relay_before_commit@1", "relay_after_commit@1", "relay_before_commit@2", "relay_after_commit@2"]


@pytest.fixture(scope="module")
def fragile():
    with World(QUICK) as world:
        yield world


def pays_until_it_dies(gateway, client):
    """Sales one after the other, so that links come while the relay is at work."""
    numbers = itertools.count()

    def has_died():
        send(lambda: client.pay(key=f"sale-{next(numbers)}"))
        return not gateway.alive()
    wait_until("the gateway died", has_died, 60)


def told(client):
    """All of the merchant's events, page by page."""
    events, page = [], client.get("/api/v1/events?limit=100").json()
    while page["data"]:
        events += page["data"]
        page = client.get(f"/api/v1/events?limit=100&starting_after={page['next_starting_after']}").json()
    return events


@pytest.mark.parametrize("point", POINTS)
def test_c_15_every_event_is_told_once_and_in_order(fragile, point):
    world = fragile
    client = world.gateway.merchant_client()
    held = client.authorize(multiple_captures=True)["payment_id"]
    world.gateway.terminate()
    with dies_at(world.gateway, point):
        send(lambda: client.capture(held, key="capture", amount=100))
        pays_until_it_dies(world.gateway, client)
    world.gateway.start()
    end_leases(world.gateway)
    # The relay may have died of what was linked before, in the midst of the capture.
    wait_until("it is captured", lambda: client.capture(held, key="capture", amount=100).status == 200, 60, 0.1)
    assert client.refund(held, amount=40).status == 200
    end_leases(world.gateway)
    wait_until_nothing_is_open(world.gateway)
    with world.gateway.database() as database:
        wait_until("all is told", lambda: database.execute(BEHIND).fetchone() is None, 60, 0.1)
        counted = dict(database.execute("select id, events from payments where merchant_id = %s",
                                        (client.merchant.removeprefix("mer_"),)).fetchall())
    sequences = {}
    for event in told(client):
        sequences.setdefault(event["payment_id"], []).append(event["sequence"])
    assert sequences[held] == [1, 2, 3]
    assert sequences == {f"pay_{payment}": list(range(1, events + 1)) for payment, events in counted.items() if events}
    check_books(world)
