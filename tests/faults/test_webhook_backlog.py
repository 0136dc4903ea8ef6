"""O-08: a backlog of 20 merchants, one of which has 60 % of it, and workers that come while it is worked off.

Needs a build that FLORIN_BUILD names.
"""

import contextlib
import dataclasses
import re

import pytest

from harness.admin import MERCHANTS, client_of, operator, post
from harness.client import Client, request
from harness.processes import QUICK, Gateway, World, wait_until
from harness.receiver import Receiver, make_endpoint, uuid_of, wait_for_status
from harness.webhooks import value

SHOPS = 20
BIG, SMALL = 1200, 42  # deliveries, half of which are about money that moved
ANSWER_S = 0.03
AT_A_WORKER = 4  # endpoints: one worker cannot visit all at once
AT_ONCE, PER_VISIT = 8, 32  # deliveries of an endpoint

# Copies of the two events that each merchant has. What informs has waited longest, and the big one before all others.
BACKLOG = """
    with copies as materialized (
        select d.endpoint_id, d.urgency, e.*, overlay(e.id::text placing lpad(to_hex(n), 12, '0') from 25)::uuid as copy
        from webhook_deliveries d join events e on e.merchant_id = d.merchant_id and e.live = d.live and e.id = d.event_id
        cross join generate_series(1, case when d.endpoint_id = %(big)s then %(of_big)s else %(of_small)s end / 2) n),
    told as (
        insert into events (merchant_id, live, id, type, payment_id, sequence, operation_id, attempt, version, created_at)
        select merchant_id, live, copy, type, payment_id, sequence, operation_id, attempt, version, created_at from copies),
    owed as (
        insert into webhook_deliveries (endpoint_id, event_id, merchant_id, live, urgency, due_at, created_at)
        select endpoint_id, copy, merchant_id, live, urgency,
               florin_now() - (1 + urgency) * case when endpoint_id = %(big)s then interval '1 h' else interval '1 min' end,
               florin_now()
        from copies)
    update webhook_queues set due_at = florin_now() - case when endpoint_id = %(big)s then interval '1 h' else interval '0' end
"""


@dataclasses.dataclass
class Shop:
    client: Client
    receiver: Receiver
    endpoint: str

    def got(self):
        """What came of the backlog, as it came."""
        return self.receiver.requests()[2:]


@pytest.fixture(scope="module")
def storm():
    with World({**QUICK, "webhooks": {"allow_loopback": True, "endpoints_at_once": AT_A_WORKER}}) as world:
        yield world


def slow_receiver():
    def answer(got, number):
        receiver.ending.wait(ANSWER_S)
        return 204
    receiver = Receiver(answer)  # that `answer` knows
    return receiver


def open_shop(world, admin, receiver):
    """A merchant with an event that is urgent and one that is not."""
    merchant = post(admin, MERCHANTS, {"name": "Shop"})["id"]
    client = client_of(world.gateway, world.gateway.create_key(merchant), merchant)
    endpoint = make_endpoint(client, receiver.url, types=["payment.captured", "payment.voided"])["id"]
    assert client.pay().status == 200
    assert client.void(client.authorize()["payment_id"]).status == 200
    return Shop(client, receiver, endpoint)


@pytest.fixture
def shops(storm):
    admin = operator(storm.gateway)
    with contextlib.ExitStack() as stack:
        all_shops = [open_shop(storm, admin, stack.enter_context(slow_receiver())) for _ in range(SHOPS)]
        for shop in all_shops:
            wait_for_status(shop.client, shop.endpoint, "delivered", 2)
        yield all_shops


@pytest.fixture
def workers(storm):
    """Four, of which the last two hang."""
    def worker(name):
        return Gateway(storm.directory, storm.simulator, name, "worker", storm.gateway.settings, storm.gateway.application_url())
    with contextlib.ExitStack() as stack:
        more = [stack.enter_context(worker(name).started()) for name in ("second", "third", "fourth")]
        for late in more[1:]:
            late.stop()
            stack.callback(late.go_on)
        yield [storm.gateway, *more]


def delivered_by(gateway):
    page = request(gateway.port, "GET", "/metrics").text
    found = re.search(r'^florin_webhook_deliveries_total\{result="delivered"\} (\d+)', page, re.MULTILINE)
    return int(found[1]) if found else 0


def test_o_08_a_storm_is_shared_fairly_and_what_moved_money_comes_first(storm, shops, workers):
    big, *small = shops
    before = value(storm, "select sum(generation) from webhook_queues")
    with storm.gateway.database() as database:
        database.execute(BACKLOG, {"big": uuid_of(big.endpoint), "of_big": BIG, "of_small": SMALL})
    big.receiver.wait_for(PER_VISIT)
    for late in workers[2:]:
        late.go_on()
    wait_until("the backlog is worked off",
               lambda: value(storm, "select count(*) from webhook_deliveries where status = 'pending'") == 0, 120, 0.1)
    assert all(map(delivered_by, workers)), "each of them did some of it"
    for shop in shops:
        got, count = shop.got(), BIG if shop is big else SMALL
        assert len(got) == len({one.id for one in got}) == count, "each once, whoever sends"
        first = [one.event["event"] for one in got[:count // 2]]
        # What is under way at once arrives in any order.
        assert first.count("payment.voided") < AT_ONCE
    last_small = max(shop.got()[-1].at for shop in small)
    assert sum(one.at < last_small for one in big.got()) < BIG / 2
    visits = value(storm, "select sum(generation) from webhook_queues") - before
    assert visits < 4 * (BIG + SMALL * len(small)) / PER_VISIT, "each costs three statements, whatever it delivers"
