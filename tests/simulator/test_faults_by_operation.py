"""Every fault strikes every operation that moves money: what it promises happened, and a repeat settles it."""

import http.client

import pytest

from acts import SEVERAL, Act, held
from running_simulator import SALE, wait_until

UNHEARD = (TimeoutError, ConnectionError, http.client.HTTPException)
@pytest.fixture(params=["sale", "authorize", "capture", "void", "refund"])
def act(request, simulator):
    return Act(simulator, request.param)


@pytest.mark.parametrize("action", ["refuse", "hang", "drop_before_processing"])
def test_unheard_and_not_done(simulator, act, action):
    fault = simulator.fault(action, operation=act.operation, times=1)
    with pytest.raises(UNHEARD):
        act(timeout=0.3)
    wait_until(lambda: simulator.hits(fault) == 1)
    assert act.done() == 0
    answer = act()
    assert (answer.status, answer.headers["Idempotent-Replayed"], act.done()) == (200, None, 1)


@pytest.mark.parametrize("action", ["hang_after_processing", "drop_after_processing", "half_body"])
def test_unheard_and_done(simulator, act, action):
    fault = simulator.fault(action, operation=act.operation, times=1)
    with pytest.raises(UNHEARD):
        act(timeout=0.3)
    wait_until(lambda: simulator.hits(fault) == 1)
    assert act.done() == 1
    simulator.restart()
    answer = act()
    assert (answer.status, answer.headers["Idempotent-Replayed"], act.done()) == (200, "true", 1)


@pytest.mark.parametrize("action, done", [("error_before_processing", 0), ("error_after_processing", 1)])
def test_a_500_is_replayed(simulator, act, action, done):
    simulator.fault(action, operation=act.operation, times=1)
    for replayed in (None, "true"):
        answer = act()
        assert (answer.status, answer.headers["Idempotent-Replayed"], act.done()) == (500, replayed, done)


@pytest.mark.parametrize("action, done", [("error_before_processing", 0), ("error_after_processing", 1)])
def test_a_proxys_502_is_not(simulator, act, action, done):
    simulator.fault(action, operation=act.operation, status=502, times=1)
    assert (act().status, act.done()) == (502, done)
    answer = act()
    assert (answer.status, answer.headers["Idempotent-Replayed"], act.done()) == (200, "true" if done else None, 1)


def test_rate_limited(simulator, act):
    simulator.fault("rate_limit", operation=act.operation, times=1)
    assert (act().error["code"], act.done()) == ("rate_limit", 0)
    assert (act().status, act.done()) == (200, 1)


@pytest.mark.parametrize("action", ["garbage", "empty_body", "deep_body"])
def test_unreadable_and_done(simulator, act, action):
    simulator.fault(action, operation=act.operation, times=1)
    with pytest.raises((ValueError, RecursionError)):
        act().json
    assert act.done() == 1
    assert act().json["object"] in ("payment_intent", "refund")


@pytest.mark.parametrize("action", ["wrong_amount", "wrong_currency", "wrong_reference"])
def test_a_lie_does_not_last(simulator, act, action):
    simulator.fault(action, operation=act.operation, times=1)
    lie, truth = act().json, act().json
    shown = {"wrong_amount": "amount", "wrong_currency": "currency", "wrong_reference": "metadata"}[action]
    assert lie[shown] != truth[shown] and lie["id"] == truth["id"]
    if action == "wrong_amount" and act.operation in ("sale", "capture"):
        assert lie["amount_received"] == truth["amount_received"] + 1
    assert act.done() == 1


def test_delayed_processing_happens_once(simulator, act):
    simulator.fault("delayed_processing", operation=act.operation, delay_ms=100, times=1)
    with pytest.raises(TimeoutError):
        act(timeout=0.05)
    wait_until(lambda: act.done() == 1)
    assert (act().headers["Idempotent-Replayed"], act.done()) == ("true", 1)


@pytest.mark.parametrize(
    "operation, members, status, code",
    [
        ("authorize", {"decline_code": "insufficient_funds"}, 402, "card_declined"),
        ("capture", {}, 400, "capture_charge_authorization_expired"),
        ("capture", {"decline_code": "expired_card"}, 402, "expired_card"),
        ("capture", {"code": "charge_already_captured"}, 400, "charge_already_captured"),
        ("void", {"code": "payment_intent_unexpected_state"}, 400, "payment_intent_unexpected_state"),
        ("refund", {}, 400, "charge_disputed"),
        ("refund", {"code": "balance_insufficient"}, 400, "balance_insufficient"),
    ],
)
def test_a_refusal_is_stripes_and_is_stored(simulator, operation, members, status, code):
    act = Act(simulator, operation)
    simulator.fault("decline", operation=operation, times=1, **members)
    for replayed in (None, "true"):
        answer = act()
        assert (answer.status, answer.error["code"], answer.headers["Idempotent-Replayed"]) == (status, code, replayed)
    assert act.done() == 0


def test_faults_name_operations_in_the_merchants_words_too(simulator):
    sale, authorize = (simulator.fault("rate_limit", operation=name) for name in ("sale", "authorize"))
    assert simulator.sale().status == simulator.sale(capture_method="manual").status == 429
    assert (simulator.hits(sale), simulator.hits(authorize)) == (1, 1)
    simulator.control("DELETE", "faults")
    refund = Act(simulator, "refund")
    made = refund().json
    read, listed = (simulator.fault("rate_limit", operation=name) for name in ("read", "list"))
    for path in (f"refunds/{made['id']}", f"payment_intents/{made['payment_intent']}", f"charges/{made['charge']}"):
        assert simulator.stripe("GET", f"/v1/{path}").status == 429
    for path in ("refunds", "payment_intents"):
        assert simulator.stripe("GET", f"/v1/{path}").status == 429
    assert (simulator.hits(read), simulator.hits(listed)) == (3, 2)


@pytest.mark.parametrize(
    "match, strikes",
    [({"amount": 999}, True), ({"amount": 1999}, False), ({"metadata": {"florin_payment": "pay_1"}}, True)],
)
def test_faults_match_captures_and_refunds_by_their_own_amount(simulator, match, strikes):
    for operation in ("capture", "refund"):
        act = Act(simulator, operation)
        fault = simulator.fault("rate_limit", operation=operation, match=match)
        assert (act().status, simulator.hits(fault)) == ((429, 1) if strikes else (200, 0))


def test_a_lagging_read_shows_what_was_true_before_a_capture(simulator):
    intent = held(simulator, **SEVERAL)
    simulator.settings(read_lag_ms=60_000)
    simulator.advance(60_000)
    for amount in ("100", "200"):
        asked = {"amount_to_capture": amount, "final_capture": "false"}
        assert simulator.stripe("POST", f"/v1/payment_intents/{intent}/capture", asked).status == 200
        simulator.advance(30_000)
    received = lambda: simulator.stripe("GET", f"/v1/payment_intents/{intent}").json["amount_received"]
    assert received() == 100
    simulator.advance(30_000)
    assert received() == 300
