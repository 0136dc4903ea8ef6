"""GET /payments/{id}?wait=25: the answer comes when the payment changes, from whoever changes it."""

import concurrent.futures
import pathlib
import socket
import time

import pytest

from harness.client import request
from harness.processes import wait_until


def waiting(merchant, payment, wait=25, **more):
    query = "&".join(f"{name}={value}" for name, value in {"wait": wait, **more}.items())
    begun = time.monotonic()
    answer = request(merchant.port, "GET", f"/api/v1/payments/{payment}?{query}", merchant.headers(), timeout=60)
    return answer, time.monotonic() - begun


@pytest.fixture()
def merchant(client):
    return client


@pytest.fixture()
def held_up(quick, merchant):
    """A payment that the resolver settles some seconds after its 202."""
    quick.simulator.fault(operation="create", action="drop_before_processing", times=3)
    answer = merchant.pay(amount=900, currency="EUR")
    assert answer.status == 202, answer.text
    return answer["payment_id"]


def test_a_pending_payment_is_answered_when_it_settles(merchant, held_up):
    answer, took = waiting(merchant, held_up)
    assert answer.status == 200 and answer["status"] == "captured", answer.text
    assert took < 24, "not only at the end"


def test_what_is_settled_is_answered_at_once(merchant):
    payment = merchant.pay()["payment_id"]
    answer, took = waiting(merchant, payment)
    assert answer.status == 200 and answer["status"] == "captured" and took < 10


def test_a_newer_payment_than_the_one_known_is_answered_at_once(merchant):
    payment = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    assert payment["status"] == "requires_action"
    answer, took = waiting(merchant, payment["payment_id"], sequence=payment["sequence"] - 1)
    assert answer["sequence"] == payment["sequence"] and took < 10


def test_without_a_wait_a_sequence_asks_for_nothing(merchant):
    payment = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    answer = merchant.get(f"/api/v1/payments/{payment['payment_id']}?sequence={payment['sequence']}")
    assert answer.status == 200 and answer["sequence"] == payment["sequence"]


def test_nothing_happens_until_the_end_of_the_wait(merchant):
    payment = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    answer, took = waiting(merchant, payment["payment_id"], wait=2)
    assert answer.status == 200 and answer["status"] == "requires_action" and took >= 2


@pytest.mark.parametrize("query", ["wait=26", "wait=-1", "wait=1.5", "wait=", "wait=x", "sequence=x", "wait=1&sequence=-1",
                                   "wait=1&wait=2", "waits=1"])
def test_a_wait_that_is_none_is_refused(merchant, query):
    payment = merchant.pay()["payment_id"]
    assert merchant.get(f"/api/v1/payments/{payment}?{query}").status == 400


def test_a_foreign_payment_is_not_waited_for(quick, merchant):
    payment = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")["payment_id"]
    answer, took = waiting(quick.gateway.merchant_client("Stranger"), payment)
    assert answer.status == 404 and took < 10


def test_a_client_that_hangs_up_is_let_go(quick, merchant):
    gateway = quick.gateway
    payment = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")["payment_id"]
    begin = len(gateway.log())
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        headers = "".join(f"{name}: {value}\r\n" for name, value in merchant.headers().items())
        client.sendall(f"GET /api/v1/payments/{payment}?wait=25 HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
    hung_up = time.monotonic()
    wait_until("the request has ended", lambda: '"read_payment"' in gateway.log()[begin:], 24)
    assert time.monotonic() - hung_up < 20


def connections_to(port):
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(local.endswith(f":{port:04X}") and state == "01" for _, local, _, state, *_ in rows)


def most_used(gateway, seconds):
    """Connections of the gateway to its database at once, looked at again and again for so long."""
    used, end = [], time.monotonic() + seconds
    with gateway.database() as database:
        while time.monotonic() < end:
            used += database.execute("select count(*) from pg_stat_activity where usename = 'florin_app'").fetchone()
    return max(used)


def test_a_hundred_wait_on_few_connections_to_the_database(quick, merchant):
    fault = quick.simulator.fault(operation="create", action="drop_before_processing", times=10**6)
    payment = merchant.pay()["payment_id"]
    assert quick.simulator.hits(fault)
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        answers = [pool.submit(waiting, merchant, payment) for _ in range(100)]
        wait_until("all wait", lambda: connections_to(quick.gateway.port) >= 100)
        used = most_used(quick.gateway, seconds=1)  # each waiter's payment is looked at five times
        assert not any(answer.done() for answer in answers)
        quick.simulator.heal()
        assert {answer.result()[0]["status"] for answer in answers} == {"captured"}
    assert used < 20
