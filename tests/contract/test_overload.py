"""A-27: a standing queue is answered with 503 before anything is claimed, in order of classes, and ends by itself."""

import concurrent.futures
import contextlib
import time

import pytest

from harness.client import SALE, new_key, request
from harness.processes import wait_until

PAYMENTS = "/api/v1/payments"


@contextlib.contextmanager
def commits_stand_still(gateway):
    """No intent can be committed while this lasts; reads are as fast as ever."""
    with gateway.database() as database, database.transaction():
        database.execute("lock table idempotency_keys in access exclusive mode")
        yield


@pytest.fixture
def threads():
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        yield pool


def shed(answer):
    """The answer, when it is a refusal because of overload; a refusal says when to come back."""
    if answer.status != 503:
        return None
    assert answer["code"] == "overloaded" and 1 <= int(answer.headers["retry-after"]) <= 10, answer.text
    return answer


def shed_payment(client, threads, admitted):
    """The key of a new payment that was refused; those let through are waited for elsewhere."""
    key = new_key()
    attempt = threads.submit(client.post, PAYMENTS, SALE, key)
    with contextlib.suppress(concurrent.futures.TimeoutError):
        return key if shed(attempt.result(timeout=0.3)) else None
    admitted.append(attempt)
    return None


def sheds(port):
    lines = request(port, "GET", "/metrics").text.splitlines()
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines if line.startswith("florin_shed_total{")}


def test_a_27_a_standing_queue_sheds_reads_then_payments_and_takes_captures(gateway, simulator, merchant, threads):
    held = merchant.authorize()["payment_id"]
    before, log = sheds(merchant.port), len(gateway.log())
    with commits_stand_still(gateway):
        admitted = [threads.submit(merchant.pay) for _ in range(8)]
        wait_until("a list is refused", lambda: shed(merchant.get(PAYMENTS)), 30, 0.02)
        capture = threads.submit(merchant.capture, held)
        key = wait_until("a payment is refused", lambda: shed_payment(merchant, threads, admitted), 30, 0.02)
        assert not capture.done(), "a capture is taken still"
        assert request(merchant.port, "GET", "/healthz").status == 200
        unauthenticated = wait_until("reads are refused", lambda: shed(request(merchant.port, "GET", PAYMENTS)), 30, 0.02)
        assert unauthenticated["code"] == "overloaded", "before the key is looked at"
    assert capture.result(60).status == 200, capture.result().text
    assert {attempt.result(60).status for attempt in admitted} <= {200, 503}
    now = sheds(merchant.port)
    assert now["read"] > before.get("read", 0) and now["payment"] > before.get("payment", 0)
    assert now.get("modification", 0) == before.get("modification", 0)

    ended = time.monotonic()
    wait_until("reads go on", lambda: all(merchant.get(PAYMENTS).status == 200 for _ in range(20)), 60)
    paid = wait_until("payments go on", lambda: (lambda answer: None if shed(answer) else answer)(
        merchant.pay(key, amount=4321)), 60)
    assert (paid.status, paid["amount"]) == (200, 4321), "nothing was stored under the key that was refused"
    assert "idempotent-replayed" not in paid.headers
    assert time.monotonic() - ended < 60
    wait_until("the log says so", lambda: '"event":"http.overloaded"' in gateway.log()[log:], 30)


def test_a_27_a_burst_that_drains_is_no_overload(gateway, simulator, merchant):
    before = sheds(merchant.port)
    answers = merchant.pay_in_parallel(100, lambda number: new_key())
    assert {answer.status for answer in answers} == {200}, [answer.text for answer in answers if answer.status != 200][:3]
    assert sheds(merchant.port) == before
