"""Each fault does what its name says, once, and is counted."""

import http.client
import json
import socket
import time

import pytest

from running_simulator import SALE

BROKEN = (ConnectionError, http.client.HTTPException)


def wait_until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


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
    with pytest.raises(socket.timeout):
        simulator.sale(key="k", timeout=0.2)
    assert (simulator.charged(), simulator.hits(fault)) == (0, 1)
    assert simulator.sale(key="k").status == 200


def test_hang_after_processing_charges(simulator):
    fault = simulator.fault("hang_after_processing", times=1)
    with pytest.raises(socket.timeout):
        simulator.sale(key="k", timeout=0.2)
    assert (simulator.charged(), simulator.hits(fault)) == (1, 1)
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
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=5) as wire:
        wire.sendall(b"GET /v1/payment_intents HTTP/1.1\r\nAuthorization: Bearer sk_test_x\r\n\r\n")
        got = [wire.recv(100) for _ in range(4)]
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
    fault = simulator.fault("delayed_processing", delay_ms=300, times=1)
    with pytest.raises(socket.timeout):
        simulator.sale(key="k", timeout=0.1)
    assert (simulator.charged(), simulator.hits(fault)) == (0, 1)
    wait_until(lambda: simulator.charged() == 1)
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"


def test_a_repeat_overtakes_a_delayed_request_and_there_is_one_charge(simulator):
    simulator.fault("delayed_processing", delay_ms=200, times=1)
    with pytest.raises(socket.timeout):
        simulator.sale(key="k", timeout=0.05)
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] is None
    time_when_late_one_ran = time.monotonic() + 0.4
    wait_until(lambda: time.monotonic() > time_when_late_one_ran)
    assert simulator.charged() == 1


def test_connect_refused(simulator):
    simulator.fault("refuse", operation="connect", seconds=1)

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
    assert 50_000 <= int(simulator.sale().headers["Simulator-Time-Us"]) < 5_000_000
    simulator.settings(latency={"kind": "log-normal", "mean_ms": 20, "p99_ms": 100})
    assert simulator.sale().status == 200


def test_a_key_in_use_answers_409(simulator):
    simulator.settings(latency={"kind": "fixed", "mean_ms": 1000})
    with pytest.raises(socket.timeout):
        simulator.sale(key="k", timeout=0.1)
    answer = simulator.sale(key="k")
    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_in_use")
    wait_until(lambda: simulator.sale(key="k").headers["Idempotent-Replayed"] == "true", seconds=10)
    assert simulator.charged() == 1


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
    simulator.fault("rate_limit", seconds=1)
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
        ("settings", {"colour": "red"}),
        ("settings", {"latency": {"kind": "fast"}}),
        ("settings", {"idempotency": "never"}),
        ("clock", {"advance_ms": -1}),
        ("faults", []),
    ],
)
def test_the_control_api_refuses_what_it_does_not_know(simulator, path, value):
    assert simulator.send("POST", f"/_simulator/{path}", json.dumps(value)).status == 400


def test_other_idempotency_modes(simulator):
    simulator.settings(idempotency="store-2xx-only")
    simulator.fault("error_before_processing", times=1)
    assert simulator.sale(key="a").status == 500
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] is None
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] == "true"
    simulator.settings(idempotency="none")
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] is None
    assert simulator.charged() == 2


def test_a_key_ends_with_its_life(simulator):
    assert simulator.sale(key="k").status == 200
    simulator.control("POST", "clock", {"advance_ms": 24 * 3_600_000})
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] is None
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"
    assert simulator.charged() == 2


def test_refused_parameters_store_nothing(simulator):
    assert simulator.sale(key="k", amount="ten").status == 400
    assert simulator.sale(key="k").status == 200


def test_reads_lag_behind(simulator):
    simulator.settings(read_lag_ms=400)
    paid = simulator.sale().json["id"]
    assert simulator.stripe("GET", f"/v1/payment_intents/{paid}").status == 404
    assert simulator.stripe("GET", "/v1/payment_intents").json["data"] == []
    assert len(simulator.truth(paid)) == 1
    wait_until(lambda: simulator.stripe("GET", f"/v1/payment_intents/{paid}").status == 200)
    assert simulator.stripe("POST", f"/v1/payment_intents/{paid}", {"description": "new"}).json["description"] == "new"
    read = lambda: simulator.stripe("GET", f"/v1/payment_intents/{paid}").json["description"]
    assert read() is None
    wait_until(lambda: read() == "new")


def test_parameters_are_the_same_in_any_order(simulator):
    first = simulator.stripe("POST", "/v1/payment_intents", SALE, "k")
    again = simulator.stripe("POST", "/v1/payment_intents", dict(reversed(SALE.items())), "k")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
