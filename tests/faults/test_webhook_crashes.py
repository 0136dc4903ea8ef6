"""C15, C16 and I11: kill -9 of a gateway at each step of a delivery, and at random moments under a receiver that loses answers.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import random

import pytest

from harness.crashes import check_books, dies_at, end_leases, send, wait_until_nothing_is_open
from harness.processes import QUICK, World, wait_until
from harness.receiver import LOOPBACK, Receiver, end_webhook_leases, lose, make_endpoint, verified

C15 = ["deliveries_taken@1", "delivery_before_send@1"]
C16 = ["delivery_after_send@1", "deliveries_before_finish@1"]
AFTER = ["deliveries_after_finish@1", "queues_given_back@1"]
# Of 100 requests 15 are taken and lost, 15 are refused after they were taken.
LOST, REFUSED = 0.15, 0.15
KILLS = 5


@pytest.fixture(scope="module")
def fragile():
    with World({**QUICK, **LOOPBACK}) as world:
        yield world


def pending(world, client):
    with world.gateway.database() as database:
        return database.execute("select count(*) from webhook_deliveries where status = 'pending' and merchant_id = %s",
                                (client.merchant.removeprefix("mer_"),)).fetchone()[0]


def told(client):
    """All of the merchant's events, page by page."""
    events, page = [], client.get("/api/v1/events?limit=100").json()
    while page["data"]:
        events += page["data"]
        page = client.get(f"/api/v1/events?limit=100&starting_after={page['next_starting_after']}").json()
    return events


@pytest.mark.parametrize("point", C15 + C16 + AFTER)
def test_c_15_c_16_an_event_arrives_after_a_crash_twice_at_the_most_under_one_id(fragile, point):
    world = fragile
    client = world.gateway.merchant_client()
    with Receiver() as receiver:
        endpoint = make_endpoint(client, receiver.url)
        world.gateway.terminate()
        with dies_at(world.gateway, point):
            send(client.pay)
        world.gateway.start()
        end_leases(world.gateway)
        end_webhook_leases(world.gateway)
        wait_until_nothing_is_open(world.gateway)
        wait_until("it is delivered", lambda: pending(world, client) == 0 and receiver.ids(), 60, 0.1)
        got = receiver.requests()
        [event] = told(client)
        assert {one.id for one in got} == {event["id"]}
        assert len(got) == (2 if point in C16 else 1)
        assert len({one.body for one in got}) == 1
        for one in got:
            assert verified(endpoint["secret"], one) == event
        assert len({one.headers["webhook-signature"] for one in got}) == len({one.headers["webhook-timestamp"] for one in got})
    check_books(world)


def test_i_11_random_kills_and_lost_answers_lose_no_event(fragile):
    world, dice = fragile, random.Random(11)
    clients = [world.gateway.merchant_client() for _ in range(3)]

    def answer(got, number):
        luck = dice.random()
        return lose if luck < LOST else 500 if luck < LOST + REFUSED else 204
    receivers = [Receiver(answer).__enter__() for _ in clients]
    try:
        secrets = [make_endpoint(client, receiver.url)["secret"] for client, receiver in zip(clients, receivers)]
        for _ in range(KILLS):
            # So many, and no time: each lost answer costs its delivery a second and more.
            for _ in range(dice.randint(4, 12)):
                client = dice.choice(clients)
                paid = client.pay() if dice.random() < 0.5 else client.authorize()
                if paid.status == 200 and paid["status"] == "authorized":
                    client.capture(paid["payment_id"])
            world.gateway.kill()
            world.gateway.start()
            end_leases(world.gateway)
            end_webhook_leases(world.gateway)
        wait_until_nothing_is_open(world.gateway)
        for client, receiver, secret in zip(clients, receivers, secrets):
            wait_until("all is delivered", lambda: pending(world, client) == 0, 120, 0.2)
            check_log(client, receiver, secret)
    finally:
        for receiver in receivers:
            receiver.__exit__()
    check_books(world)


def check_log(client, receiver, secret):
    """Every event has come, each id with one body, and of each payment 1, 2, 3, … without a gap."""
    got, events = receiver.requests(), told(client)
    bodies, sequences = {}, {}
    for one in got:
        verified(secret, one)
        bodies.setdefault(one.id, set()).add(one.body)
    assert set(bodies) == {event["id"] for event in events} and events
    assert all(len(of_one) == 1 for of_one in bodies.values())
    assert len(got) > len(bodies), "no answer was lost"
    for one in {one.id: one for one in got}.values():
        sequences.setdefault(one.event["payment_id"], []).append(one.event["sequence"])
    assert all(sorted(of_one) == list(range(1, len(of_one) + 1)) for of_one in sequences.values())
    for event in events:
        assert next(one for one in got if one.id == event["id"]).event == event
