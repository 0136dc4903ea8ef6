"""Random operations on the running product against a plain model: each answer, document, ledger and the PSP's truth.

FLORIN_SEED repeats a run, FLORIN_OPERATIONS sets how many (10^6 by command; the pure rules get theirs in the unit tests).
"""

import concurrent.futures
import os
import random

import pytest

from harness.agreement import agree, amounts_of, quiet, verified
from harness.client import new_key
from harness.model import random_operation, random_payment
from harness.processes import World, wait_until

SEED = int(os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6)))
OPERATIONS = int(os.environ.get("FLORIN_OPERATIONS", 6000))
SHOPS, WIDTH, STEPS = 6, 12, 8
FAULTS = ["hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
          "error_after_processing", "half_body", "rate_limit", "wrong_amount", "garbage"]


@pytest.fixture(scope="module")
def market():
    with World({"payments": {"answer_within_ms": 2000, "psp_deadline_ms": 3000}}) as world:
        yield world, [world.gateway.merchant_client(f"Shop {n}") for n in range(SHOPS)]


def insist(call):
    """Repeats with the same key, as a careful merchant does, until the answer is final."""
    key = new_key()

    def final():
        answer = call(key)
        return None if answer.status in (202, 409, 503) else answer
    return key, wait_until("a final answer", final, 120, 0.1)


def create(client, model):
    fields = {"amount": model.amount, "currency": model.currency, "capture": model.capture_at_once}
    fields |= {"multiple_captures": True} if model.multiple_captures else {}
    _, answer = insist(lambda key: client.pay(key, **fields))
    assert answer.status == 200, answer.text
    model.create()
    return answer["payment_id"]


def step(client, payment_id, model, dice):
    kind, fields = random_operation(dice, model)
    path = f"/api/v1/payments/{payment_id}/{kind}"
    key, answer = insist(lambda key: client.post(path, fields, key))
    expected = getattr(model, kind)(**fields)
    assert (answer.status, answer.json().get("code")) == expected, (kind, fields, model, answer.text)
    document = answer.json() if answer.status == 200 else answer["payment"]
    assert (amounts_of(document), document["status"]) == (model.amounts, model.status), (kind, fields, model, answer.text)
    if dice.random() < 0.1:
        assert client.post(path, fields, key).text == answer.text


def live(simulator, client, number):
    """One payment from its creation through some steps; how many operations that were."""
    dice = random.Random(SEED * 1_000_003 + number)
    model = random_payment(dice)
    payment_id = create(client, model)
    steps = dice.randrange(1, 2 * STEPS)
    for _ in range(steps):
        step(client, payment_id, model, dice)
    quiet(client, payment_id)
    document = agree(simulator, client, payment_id)
    assert (amounts_of(document), document["status"]) == (model.amounts, model.status), model
    return steps + 1


def play(market, operations, first):
    world, shops = market
    played, number = 0, first
    with concurrent.futures.ThreadPoolExecutor(WIDTH) as pool:
        while played < operations:
            numbers = range(number, number + 4 * WIDTH)
            played += sum(pool.map(lambda n: live(world.simulator, shops[n % SHOPS], n), numbers))
            number = numbers.stop
    assert not world.simulator.duplicates()
    verified(world.gateway)


def test_l_09_random_operations_leave_what_the_model_says(market):
    print(f"FLORIN_SEED={SEED}")
    play(market, OPERATIONS, 0)


def test_l_09_random_operations_with_psp_faults_settle_to_what_the_model_says(market):
    print(f"FLORIN_SEED={SEED}")
    world, _ = market
    for action in FAULTS:
        world.simulator.fault(action, operation="*", probability=0.01, times=1_000_000)
    try:
        play(market, OPERATIONS // 8, 10**6)
        hits = {fault["action"]: fault["hits"] for fault in world.simulator.faults()}
    finally:
        world.simulator.heal()
    assert sum(hits.values()), "no fault fired: this run shows nothing"
