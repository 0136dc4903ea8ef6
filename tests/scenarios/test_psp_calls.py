"""P-02, P-03, P-06, P-25: what is asked of the PSP, and what answers with an error or hardly at all prove: nothing."""

import collections
import re
import time

import pytest

from harness.agreement import agree, quiet, verified
from harness.client import new_key
from harness.processes import wait_until

DEADLINE_S, PATIENCE_S = 3, 60


class Shop:
    """A merchant, and each operation that moves money, ready to be asked with a key of its own, again and again."""

    def __init__(self, world):
        self.world, self.client, self.simulator = world, world.gateway.merchant_client(), world.simulator

    def ready(self):
        """{operation: ask(key)}"""
        client, paid = self.client, self.client.pay()["payment_id"]
        held = {name: client.authorize(multiple_captures=name == "part")["payment_id"] for name in ("capture", "part", "void")}
        return {
            "sale": lambda key: client.pay(key),
            "authorize": lambda key: client.authorize(key),
            "capture": lambda key: client.capture(held["capture"], key, amount=6000),
            "part": lambda key: client.capture(held["part"], key, amount=2500, final=False),
            "void": lambda key: client.void(held["void"], key),
            "refund": lambda key: client.refund(paid, key, amount=3000),
        }

    def last_word(self, ask, key):
        return wait_until("the key has its last word", lambda: (answer := ask(key)).status == 200 and answer, PATIENCE_S, 0.3)

    def tries(self, payment_id):
        """How often the PSP was asked about what is open, the first call included."""
        with self.world.gateway.database() as database:
            row = database.execute("select tries from open_operations where payment_id = %s", (payment_id[4:],)).fetchone()
        return row[0] if row else 0

    def look_again(self):
        """Now, as if the minute had passed that a look in vain costs."""
        with self.world.gateway.database() as database:
            database.execute("update open_operations set next_try = florin_now() where operation_id in"
                             " (select operation_id from open_operations for update skip locked)")


@pytest.fixture
def shop(watched):
    world, _ = watched
    world.simulator.heal()
    yield Shop(world)
    world.simulator.heal()


def pending(answer):
    """The payment of an operation that is open."""
    assert answer.status == 202, answer.text
    document = answer.json()
    assert document.get("operation", document)["status"] == "pending", answer.text
    return document["payment_id"]


@pytest.mark.parametrize("action", ["error_after_processing", "error_before_processing"])
def test_p_02_p_03_a_5xx_is_no_verdict_until_there_is_proof(watched, shop, action):
    """Stripe's own 500 and a proxy's HTML, whether the PSP did it (P-02) or not (P-03); the resolver's reads fail alike."""
    ready, asked, before = {status: shop.ready() for status in (500, 502, 503, 504)}, [], None
    for status, operations in ready.items():
        fault = shop.simulator.fault(action, operation="*", status=status)
        if before:
            shop.simulator.call("DELETE", f"/_simulator/faults/{before}")
        before = fault
        for name, ask in operations.items():
            key = new_key()
            asked.append((f"{name} {status}", ask, key, pending(ask(key))))
    wait_until("the resolver has looked", lambda: any(shop.tries(payment_id) > 1 for *_, payment_id in asked), PATIENCE_S, 0.05)
    for name, _, _, payment_id in asked:
        assert shop.client.operations(payment_id)[-1]["outcome"] is None, name
    shop.simulator.heal()
    shop.look_again()
    for name, _, _, payment_id in asked:
        document = quiet(shop.client, payment_id)
        agree(shop.simulator, shop.client, payment_id)
        # P-02: what was charged is never called failed.
        assert action == "error_before_processing" or document["status"] != "failed", name
    for name, ask, key, payment_id in asked:
        assert shop.last_word(ask, key)["payment_id"] == payment_id, name
        agree(shop.simulator, shop.client, payment_id)
    assert not shop.simulator.duplicates()
    verified(shop.world.gateway)


def test_p_06_a_dripping_answer_is_left_at_the_total_deadline(watched, shop):
    """A byte each second, in the header or the body, or silence after the first line: no byte stretches the deadline."""
    _, middleman = watched
    middleman.drips.extend(["head", "body", "stall"])
    began = time.monotonic()
    answers = shop.client.pay_in_parallel(3, lambda n: new_key())
    took = time.monotonic() - began
    payments = [pending(answer) for answer in answers]
    assert DEADLINE_S <= took < PATIENCE_S, f"{took:.1f} s; the answers drip for a day"
    wait_until("no connection is kept", lambda: len(middleman.left) == 3, PATIENCE_S)
    assert {how for how, _ in middleman.left} == {"head", "body", "stall"}
    assert all(DEADLINE_S - 1 <= seconds < PATIENCE_S for _, seconds in middleman.left), middleman.left
    for payment_id in payments:
        assert quiet(shop.client, payment_id)["status"] == "captured"
        agree(shop.simulator, shop.client, payment_id)
    assert not shop.simulator.duplicates()


KEY = re.compile(r"(op_[0-9a-f-]{36})-(\d+)(-abandon)?")


def lapse(world, payment_id):
    """The hold's time is over: Florin itself gives it back."""
    with world.gateway.database() as database:
        database.execute("with past as (update payments set capture_before = date_trunc('second', florin_now()) where id = %s"
                         " returning id, capture_before) update held_authorizations h set capture_before = past.capture_before,"
                         " next_look = florin_now() from past where h.payment_id = past.id", (payment_id[4:],))


def check_keys(calls):
    """{key: how often it was sent}, after looking at every call."""
    bodies, counts = {}, collections.Counter()
    for call in calls:
        assert call.key and KEY.fullmatch(call.key), f"no key of ours: {call}"
        assert bodies.setdefault(call.key, (call.path, call.body)) == (call.path, call.body), f"one key, two requests: {call}"
        counts[call.key] += 1
    return counts


def test_p_25_every_call_that_moves_money_has_its_key_and_repeats_have_the_same(watched, shop):
    world, middleman = watched
    operations, begin = shop.ready(), len(middleman.calls)
    payments = {}
    for name, ask in operations.items():
        fault = shop.simulator.fault("drop_after_processing", operation="capture" if name == "part" else name, times=1)
        payments[name] = pending(ask(new_key()))
        assert shop.simulator.hits(fault) == 1, name
    expiring = shop.client.authorize()["payment_id"]
    shop.simulator.fault("drop_after_processing", operation="void", times=1)
    lapse(world, expiring)
    payments["expire"] = expiring
    wait_until("it expires", lambda: shop.client.payment(expiring)["status"] == "expired", PATIENCE_S, 0.1)
    for name, payment_id in payments.items():
        quiet(shop.client, payment_id)
        agree(shop.simulator, shop.client, payment_id)
    counts = check_keys(middleman.sent(begin))
    for name, payment_id in payments.items():
        [*_, last] = shop.client.operations(payment_id)
        assert counts[f"{last['operation_id']}-1"] >= 2, f"{name} was repeated under its key: {counts}"


def test_p_25_another_key_is_sent_only_after_proof_that_nothing_happened(watched, shop):
    _, middleman = watched
    for name, ask in shop.ready().items():
        begin, key = len(middleman.calls), new_key()
        shop.simulator.fault("rate_limit", operation="capture" if name == "part" else name, times=1)
        refused = ask(key)
        assert (refused.status, refused["code"]) == (503, "not_executed"), refused.text
        assert ask(key).status == 200, name
        counts = check_keys(middleman.sent(begin))
        [operation] = {KEY.fullmatch(sent)[1] for sent in counts}
        assert counts == {f"{operation}-1": 1, f"{operation}-2": 1}, name
