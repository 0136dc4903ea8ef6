"""O-14 and I9: a thousand merchants at random, and nobody is shown anything of another one."""

import collections
import concurrent.futures
import dataclasses
import os
import random
import re

import pytest

from harness.admin import MERCHANTS, client_of, new_api_key, operator, post
from harness.client import Client
from harness.processes import World, wait_until
from harness.receiver import LOOPBACK, Receiver, make_endpoint, verified
from harness.webhooks import value

SHOPS, PAYMENTS, AT_ONCE = 1000, 2000, 16
PAYMENT_ID = re.compile(r"pay_[0-9a-f-]{36}")
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_visa_chargeDeclined")


@dataclasses.dataclass
class Shop:
    client: Client
    endpoint: dict
    payments: list = dataclasses.field(default_factory=list)

    @property
    def canary(self):
        return f"canary-{self.client.merchant}"

    def pay(self, dice):
        capture = dice.random() < 0.7
        paid = self.client.pay(capture=capture, payment_method=dice.choice(CARDS), amount=dice.randrange(100, 100_000),
                               description=self.canary, metadata={"order": self.canary})
        assert paid.status in (200, 402), paid.text
        document = paid.json() if paid.status == 200 else paid["payment"]
        self.payments.append(document["payment_id"])
        if document["status"] == "authorized" and dice.random() < 0.5:
            assert self.client.void(document["payment_id"]).status == 200
        elif document["status"] == "captured" and dice.random() < 0.5:
            assert self.client.refund(document["payment_id"]).status == 200


@pytest.fixture(scope="module")
def mall():
    with World({**LOOPBACK, "limits": {"requests_per_second": 100_000, "burst": 100_000}}) as world, Receiver() as receiver:
        admin = operator(world.gateway)

        def open_shop(number):
            merchant = post(admin, MERCHANTS, {"name": f"Shop {number}"})["id"]
            client = client_of(world.gateway, new_api_key(admin, merchant_id=merchant, mode="test"), merchant)
            return Shop(client, make_endpoint(client, f"{receiver.url}/{merchant}"))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            yield world, receiver, list(pool.map(open_shop, range(SHOPS)))


def test_o_14_a_thousand_merchants_at_random_are_told_of_their_own_payments_alone(mall):
    world, receiver, shops = mall
    seed = os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6))
    print(f"FLORIN_SEED={seed}")
    dice = random.Random(int(seed))
    chosen = [(dice.choice(shops), random.Random(dice.random())) for _ in range(PAYMENTS)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: one[0].pay(one[1]), chosen))
    owner = {payment: shop for shop in shops for payment in shop.payments}
    assert len(owner) == PAYMENTS

    def belongs_to(shop, text):
        assert set(re.findall(r"canary-[\w-]+", text)) <= {shop.canary}
        assert {owner[payment].canary for payment in PAYMENT_ID.findall(text)} <= {shop.canary}
        return text

    wait_until("every event is told", lambda: value(world, "select count(*) = (select sum(events) from payments) from events"))
    busy = [shop for shop in shops if shop.payments]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        told = dict(zip(map(id, busy), pool.map(lambda shop: pages(shop.client, "/api/v1/events"), busy)))
        listed = dict(zip(map(id, busy), pool.map(lambda shop: pages(shop.client, "/api/v1/payments"), busy)))
    came = receiver.wait_for(sum(len(rows) for rows, _ in told.values()), 120)
    of_path = collections.defaultdict(list)
    for got in came:
        of_path[got.path.rsplit("/", 1)[1]].append(got)
    for shop in busy:
        rows, text = told[id(shop)]
        belongs_to(shop, text)
        assert {row["payment_id"] for row in rows} == set(shop.payments)
        assert {row["payment_id"] for row in listed[id(shop)][0]} == set(shop.payments)
        belongs_to(shop, listed[id(shop)][1])
        mine = of_path.pop(shop.client.merchant)
        assert {got.id for got in mine} == {row["id"] for row in rows}
        for got in mine:
            belongs_to(shop, got.body.decode())
            assert verified(shop.endpoint["secret"], got)["id"] == got.id
    assert not of_path, "whoever sold nothing is told nothing"
    stranger, other = busy[0], busy[1]
    assert stranger.client.payment(other.payments[0]).status == 404
    for line in world.gateway.log().splitlines():
        assert "canary-" not in line, "what merchants say of their orders is in no log"
        assert len({owner[payment].canary for payment in PAYMENT_ID.findall(line)}) <= 1, line


def pages(client, path):
    """All rows of a list and all the text they came in."""
    rows, text, after = [], "", ""
    while True:
        answer = client.get(f"{path}?limit=100{after}")
        assert answer.status == 200, answer.text
        page = answer.json()
        rows, text = rows + page["data"], text + answer.text
        if not page["has_more"]:
            return rows, text
        after = f"&starting_after={page['next_starting_after']}"
