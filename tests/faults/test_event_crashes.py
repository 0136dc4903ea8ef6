"""C17: kill -9 of a worker at each point of its work on events. What it leaves is worked off by the next, once.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names. That nothing is acknowledged before it is durable
is shown beside the route and the store.
"""

import concurrent.futures

import pytest

from harness.crashes import charges, check_books, dies_at, legs, send, wait_until_nothing_is_open
from harness.processes import wait_until
from harness.psp_events import all_delivered, all_worked_off, deliver, parked, told_world

# While its caller holds the operation, the events first wait: hit 1 of an end. Then one of them settles it: hit 2.
POINTS = ["event_after_take@1", "event_after_take@2", "event_before_read@1", "event_after_answer@1",
          "event_before_commit@1", "event_after_commit@1", "event_before_finish@1", "event_before_finish@2",
          "event_after_finish@2"]


@pytest.fixture(scope="module")
def fragile():
    with told_world(answer_within_ms=3000) as world:
        yield world


@pytest.mark.parametrize("point", POINTS)
def test_c_17_a_worker_that_dies_at_an_event_leaves_it_to_the_next(fragile, point):
    world = fragile
    client = world.gateway.merchant_client()
    deliver(world, webhook_hold=True)
    world.gateway.terminate()
    with dies_at(world.gateway, point):
        world.simulator.fault("hang_after_processing", times=1)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            pool.submit(send, client.pay)
            wait_until("it is charged", lambda: world.simulator.call("GET", "/_simulator/events")["held"])
            world.simulator.call("POST", "/_simulator/events/release", {})
    with world.gateway.database() as database:
        database.execute("update open_psp_events set lease_until = florin_now(), next_try = florin_now() where not parked")
        database.execute("update open_operations set lease_until = florin_now()")
    world.gateway.start()
    payment = client.settled(client.get("/api/v1/payments")["data"][0]["payment_id"])
    wait_until_nothing_is_open(world.gateway)
    all_delivered(world)
    all_worked_off(world)
    assert payment["status"] == "captured" and len(charges(world.simulator, payment)) == 1
    assert len(legs(client, payment)) == 4 and sum(legs(client, payment)) == 0
    assert parked(world) == 0
    check_books(world)
