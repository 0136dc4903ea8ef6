"""Each fault does what its name says, once, and is counted."""

import http.client
import socket
import time

import pytest

from running_simulator import wait_until

BROKEN = (ConnectionError, http.client.HTTPException)


def give_up(simulator, fault, **sale):
    """A sale whose client does not wait for the answer; returns when the fault has struck it."""
    with pytest.raises(TimeoutError):
        simulator.sale(timeout=0.2, **sale)
    wait_until(lambda: simulator.hits(fault) == 1)


@pytest.mark.parametrize("action", ["refuse", "drop_before_processing"])
def test_unprocessed_and_cut_off(simulator, action):
    fault = simulator.fault(action, operation="create", times=1)
    with pytest.raises(BROKEN):
        simulator.sale(key="k")
    assert (simulator.charged(), simulator.hits(fault)) == (0, 1)
    again = simulator.sale(key="k")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, None)


def test_hang_processes_nothing(simulator):
    fault = simulator.fault("hang", times=1)
    give_up(simulator, fault, key="k")
    assert simulator.charged() == 0
    assert simulator.sale(key="k").status == 200


def test_hang_after_processing_charges(simulator):
    fault = simulator.fault("hang_after_processing", times=1)
    give_up(simulator, fault, key="k")
    assert simulator.charged() == 1
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"


def test_drop_after_processing_charges(simulator):
    fault = simulator.fault("drop_after_processing", times=1)
    with pytest.raises(BROKEN):
        simulator.sale(key="k")
    assert (simulator.charged(), simulator.hits(fault)) == (1, 1)
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"
    assert simulator.charged() == 1


@pytest.mark.parametrize("action, charges", [("error_before_processing", 0), ("error_after_processing", 1)])
def test_stripes_own_500_is_stored_and_replayed(simulator, action, charges):
    fault = simulator.fault(action)
    for replayed in (None, "true"):
        answer = simulator.sale(key="k")
        assert (answer.status, answer.error["type"]) == (500, "api_error")
        assert answer.headers["Idempotent-Replayed"] == replayed
    assert (simulator.charged(), simulator.hits(fault)) == (charges, 1)


@pytest.mark.parametrize("action, charges", [("error_before_processing", 0), ("error_after_processing", 1)])
def test_a_proxys_502_is_html_and_not_stored(simulator, action, charges):
    simulator.fault(action, status=502, times=1)
    answer = simulator.sale(key="k")
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert simulator.charged() == charges
    again = simulator.sale(key="k")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true" if charges else None)
    assert simulator.charged() == 1


def test_half_body(simulator):
    fault = simulator.fault("half_body", times=1)
    with pytest.raises(http.client.IncompleteRead) as half:
        simulator.sale(key="k")
    assert 0 < len(half.value.partial) and half.value.expected > 0
    assert (simulator.charged(), simulator.hits(fault)) == (1, 1)


def test_slow_drip_sends_a_byte_each_100_ms(simulator):
    simulator.fault("slow_drip", times=1)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=30) as wire:
        wire.sendall(b"GET /v1/payment_intents HTTP/1.1\r\nAuthorization: Bearer sk_test_x\r\n\r\n")
        got = [wire.recv(1) for _ in range(4)]
    assert b"".join(got) == b"HTTP"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    "action, lie",
    [
        ("wrong_amount", lambda it: it["amount"] == 2000 == it["amount_received"] == it["latest_charge"]["amount"]),
        ("wrong_currency", lambda it: it["currency"] == "eur" == it["latest_charge"]["currency"]),
        ("wrong_reference", lambda it: it["metadata"]["florin_payment"] == "pay_0"),
    ],
)
def test_a_wrong_answer_lies_and_the_truth_does_not(simulator, action, lie):
    fault = simulator.fault(action, times=1)
    answer = simulator.sale(key="k", **{"metadata[florin_payment]": "pay_1"})
    assert answer.status == 200 and lie(answer.json)
    assert [(row["amount"], row["currency"]) for row in simulator.truth("pay_1")] == [(1999, "USD")]
    again = simulator.sale(key="k", **{"metadata[florin_payment]": "pay_1"})
    assert (again.json["amount"], again.json["currency"]) == (1999, "usd")
    assert again.json["metadata"] == {"florin_payment": "pay_1"}
    assert simulator.hits(fault) == 1


@pytest.mark.parametrize(
    "action, is_broken",
    [
        ("garbage", lambda body: body.startswith(b"<!DOCTYPE html>")),
        ("empty_body", lambda body: body == b""),
        ("huge_body", lambda body: len(body) > 8_000_000),
        ("deep_body", lambda body: body.startswith(b"[" * 100_000)),
    ],
)
def test_unreadable_answers_come_after_the_charge(simulator, action, is_broken):
    fault = simulator.fault(action, times=1)
    answer = simulator.sale()
    assert answer.status == 200 and is_broken(answer.body)
    assert (simulator.charged(), simulator.hits(fault)) == (1, 1)


def test_rate_limit_executes_and_stores_nothing(simulator):
    fault = simulator.fault("rate_limit", times=1)
    answer = simulator.sale(key="k")
    assert (answer.status, answer.error["code"]) == (429, "rate_limit")
    assert (simulator.charged(), simulator.hits(fault)) == (0, 1)
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] is None


def test_decline_with_a_code_of_choice(simulator):
    fault = simulator.fault("decline", decline_code="do_not_honor", times=1)
    answer = simulator.sale()
    assert (answer.status, answer.error["decline_code"]) == (402, "do_not_honor")
    assert (simulator.charged(), simulator.hits(fault)) == (0, 1)


def test_delayed_processing_charges_after_the_client_has_gone(simulator):
    fault = simulator.fault("delayed_processing", delay_ms=3000, times=1)
    give_up(simulator, fault, key="k")
    assert simulator.charged() == 0
    wait_until(lambda: simulator.charged() == 1)
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"


def test_a_repeat_overtakes_a_delayed_request_and_there_is_one_charge(simulator):
    fault = simulator.fault("delayed_processing", delay_ms=3000, times=1)
    give_up(simulator, fault, key="k")
    late_one_has_run = time.monotonic() + 3.5  # it leaves no trace: its answer is a replay that nobody hears
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] is None
    wait_until(lambda: time.monotonic() > late_one_has_run)
    assert simulator.charged() == 1


def test_connect_refused(simulator):
    simulator.fault("refuse", operation="connect", seconds=3)

    def is_refused():
        try:
            socket.create_connection(("127.0.0.1", simulator.port), timeout=1).close()
            return False
        except ConnectionRefusedError:
            return True

    wait_until(is_refused)
    wait_until(lambda: not is_refused())
    assert simulator.sale().status == 200


def test_delay_and_its_header(simulator):
    simulator.fault("delay", delay_ms=150, times=1)
    assert int(simulator.sale().headers["Simulator-Time-Us"]) >= 150_000
    simulator.settings(latency={"kind": "fixed", "mean_ms": 50})
    assert 50_000 <= int(simulator.sale().headers["Simulator-Time-Us"]) < 30_000_000
    simulator.settings(latency={"kind": "log-normal", "mean_ms": 20, "p99_ms": 100})
    assert simulator.sale().status == 200
