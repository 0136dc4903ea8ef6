"""Which calls a fault strikes, for how long, and what the control API refuses."""

import json

import pytest

from running_simulator import wait_until


@pytest.mark.parametrize(
    "match, strikes",
    [
        ({"payment_method": "pm_card_visa"}, True),
        ({"payment_method": "pm_card_amex"}, False),
        ({"amount": 1999, "currency": "usd"}, True),
        ({"amount": 2000}, False),
        ({"metadata": {"florin_payment": "pay_1"}}, True),
        ({"metadata": {"florin_payment": "pay_2"}}, False),
        ({"idempotency_key": "k"}, True),
    ],
)
def test_faults_strike_only_what_they_match(simulator, match, strikes):
    fault = simulator.fault("rate_limit", psp="stripe", operation="create", match=match)
    answer = simulator.sale(key="k", **{"metadata[florin_payment]": "pay_1"})
    assert (answer.status, simulator.hits(fault)) == ((429, 1) if strikes else (200, 0))


def test_faults_match_the_intent_of_later_calls(simulator):
    paid = simulator.sale(**{"metadata[florin_payment]": "pay_1"}).json["id"]
    simulator.fault("rate_limit", operation="retrieve", match={"metadata": {"florin_payment": "pay_1"}})
    assert simulator.stripe("GET", f"/v1/payment_intents/{paid}").status == 429
    assert simulator.stripe("GET", "/v1/payment_intents").status == 200


def test_probability_is_honoured(simulator):
    fault = simulator.fault("rate_limit", probability=0.5)
    statuses = [simulator.sale().status for _ in range(200)]
    assert simulator.hits(fault) == statuses.count(429)
    assert 60 < statuses.count(429) < 140


def test_faults_can_be_deleted_and_run_out(simulator):
    fault = simulator.fault("rate_limit")
    simulator.control("DELETE", f"faults/{fault}")
    assert simulator.sale().status == 200
    simulator.fault("rate_limit", seconds=3)
    assert simulator.sale().status == 429
    wait_until(lambda: simulator.sale().status == 200)
    simulator.fault("rate_limit")
    simulator.control("DELETE", "faults")
    assert simulator.control("GET", "faults")["data"] == []


@pytest.mark.parametrize(
    "path, value",
    [
        ("faults", {"action": "explode"}),
        ("faults", {"action": "hang", "colour": "red"}),
        ("faults", {"operation": "create"}),
        ("faults", {"action": "hang", "probability": 2}),
        ("faults", {"action": "hang", "operation": "connect"}),
        ("faults", {"action": "hang", "match": {"colour": "red"}}),
        ("faults", {"action": "decline", "code": "No Code"}),
        ("faults", {"action": "hang", "operation": "payout"}),
        ("settings", {"colour": "red"}),
        ("settings", {"refund_delay_ms": -1}),
        ("settings", {"latency": {"kind": "fast"}}),
        ("settings", {"idempotency": "never"}),
        ("clock", {"advance_ms": -1}),
        ("faults", []),
    ],
)
def test_the_control_api_refuses_what_it_does_not_know(simulator, path, value):
    assert simulator.send("POST", f"/_simulator/{path}", json.dumps(value)).status == 400
