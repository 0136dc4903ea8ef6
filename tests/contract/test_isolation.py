"""A-09, A-21: what belongs to somebody else is answered as what does not exist: the same bytes, in the same time."""

import re
import socket
import statistics
import time
import uuid

import pytest
import yaml

from harness.admin import shop_admin
from harness.client import Client, new_key, request
from harness.processes import ROOT

CONTRACT = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())
ROUTES = [(method.upper(), path) for path, item in CONTRACT["paths"].items() if "{payment_id}" in path
          for method in ("get", "post") if method in item]
PAYMENTS = "/api/v1/payments"


def neighbour(payment_id):
    """An id of the same merchant's bucket, mode and millisecond that nobody has."""
    last = "0" if payment_id[-1] != "0" else "1"
    return payment_id[:-1] + last


class Strangers:
    """Two merchants, and a payment with operations of every kind that the second one must not see."""

    def __init__(self, gateway):
        self.owner, self.stranger = gateway.merchant_client("Owner"), gateway.merchant_client("Stranger")
        self.live = Client(gateway.port, gateway.create_key(self.owner.merchant, "live")["key"])
        self.key = new_key()
        self.payment = self.owner.authorize(self.key, multiple_captures=True, metadata={"secret": "of the owner"})["payment_id"]
        self.operation = self.owner.capture(self.payment, amount=4000)["operation"]["operation_id"]
        self.refund = self.owner.refund(self.payment, amount=100)["operation"]["refund_id"]
        self.own = self.stranger.authorize()["payment_id"]
        self.before = self.state()

    def state(self):
        return [self.owner.payment(self.payment).text, self.owner.operations(self.payment), self.stranger.payment(self.own).text]


@pytest.fixture(scope="module")
def strangers(world):
    world.simulator.heal()
    everybody = Strangers(world.gateway)
    yield everybody
    assert everybody.state() == everybody.before, "nothing that was tried has changed anything"


def call(client, method, path, payment_id, key=None):
    headers = client.headers(**({"Idempotency-Key": key or new_key()} if method == "POST" else {}))
    return request(client.port, method, path.replace("{payment_id}", payment_id), headers, "{}" if method == "POST" else None)


def without_request_id(answer):
    body = re.sub(r"req_[0-9a-f-]{36}", "req_", answer.text)
    return answer.status, body, {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}


IDS = {
    "another merchant's": lambda all_: (all_.stranger, all_.payment),
    "of the other mode": lambda all_: (all_.live, all_.payment),
    "missing, of the owner's bucket": lambda all_: (all_.stranger, neighbour(all_.payment)),
    "missing, for the owner": lambda all_: (all_.owner, neighbour(all_.payment)),
    "missing, of no merchant": lambda all_: (all_.stranger, f"pay_{uuid.UUID(int=7 << 76 | 2 << 62)}"),
    "of another kind": lambda all_: (all_.owner, all_.operation),
    "of a refund": lambda all_: (all_.owner, all_.refund),
    "a merchant's": lambda all_: (all_.owner, all_.owner.merchant),
    "a key's": lambda all_: (all_.owner, all_.owner.key_id),
    "an operation's under a payment's prefix": lambda all_: (all_.owner, "pay_" + all_.operation[3:]),
    "the payment's without prefix": lambda all_: (all_.owner, all_.payment[4:]),
    "in capitals": lambda all_: (all_.owner, all_.payment.upper()),
    "its letters in capitals": lambda all_: (all_.owner, "pay_" + all_.payment[4:].upper()),
    "in braces": lambda all_: (all_.owner, "pay_%7B" + all_.payment[4:] + "%7D"),
    "without dashes": lambda all_: (all_.owner, all_.payment.replace("-", "")),
    "percent-encoded": lambda all_: (all_.owner, "%70" + all_.payment[1:]),
    "with a NUL behind": lambda all_: (all_.owner, all_.payment + "%00"),
    "with a blank behind": lambda all_: (all_.owner, all_.payment + "%20"),
    "one digit more": lambda all_: (all_.owner, all_.payment + "0"),
    "one digit less": lambda all_: (all_.owner, all_.payment[:-1]),
    "a list of two": lambda all_: (all_.owner, all_.payment + "," + all_.payment),
    "a wildcard": lambda all_: (all_.owner, "*"),
    "a dot": lambda all_: (all_.owner, "."),
    "SQL": lambda all_: (all_.owner, "pay_'%20or%20'1'='1"),
    "ten thousand characters": lambda all_: (all_.owner, "pay_" + "0" * 10_000),
}


@pytest.mark.parametrize("kind", IDS)
def test_a_09_every_route_answers_every_wrong_id_with_the_same_404(strangers, kind):
    for method, path in ROUTES:
        client, wrong = IDS[kind](strangers)
        answer = call(client, method, path, wrong)
        missing = call(strangers.stranger, method, path, neighbour(strangers.own))
        assert answer.status == 404 and answer["code"] == "not_found", f"{method} {path}: {answer.text}"
        assert without_request_id(answer) == without_request_id(missing), f"{method} {path}"


ADMIN_ROUTES = [(method.upper(), path) for path, item in CONTRACT["paths"].items()
                if path.startswith("/api/v1/admin/") and "{key_id}" in path for method in ("get", "post") if method in item]


@pytest.mark.parametrize("kind", IDS)
def test_a_09_keys_are_managed_by_the_ids_of_ones_own_only(gateway, strangers, kind):
    """The same ids, and a foreign key's, on every route that takes a key's id; the caller may manage its own merchant's keys."""
    admin = shop_admin(gateway, strangers.stranger.merchant)
    assert ADMIN_ROUTES
    for method, path in ADMIN_ROUTES:
        answers = [request(admin.port, method, path.replace("{key_id}", wrong),
                           admin.headers(**({"Idempotency-Key": new_key()} if method == "POST" else {})),
                           "{}" if method == "POST" else None)
                   for wrong in (IDS[kind](strangers)[1], strangers.owner.key_id, neighbour(strangers.stranger.key_id))]
        assert [answer.status for answer in answers] == [404] * 3, f"{method} {path}: {answers[0].text}"
        assert without_request_id(answers[0]) == without_request_id(answers[1]) == without_request_id(answers[2]), path
    assert strangers.owner.get("/api/v1/balance").status == 200, "the owner's key works on"


def test_a_09_the_owner_sees_it_so_that_the_matrix_tests_something(strangers):
    for method, path in ROUTES:
        if method == "GET":
            assert call(strangers.owner, method, path, strangers.payment).status == 200, path


def test_a_09_a_foreign_idempotency_key_is_unknown(strangers):
    request_of_the_owner = {"capture": False, "multiple_captures": True, "metadata": {"secret": "of the owner"}}
    assert strangers.owner.pay(strangers.key, **request_of_the_owner).headers["idempotent-replayed"] == "true"
    own = strangers.stranger.pay(strangers.key, **request_of_the_owner)
    assert own.status == 200 and "idempotent-replayed" not in own.headers
    assert own["payment_id"] != strangers.payment
    other = strangers.stranger.pay(new_key(), amount=777)
    assert other.status == 200
    live = strangers.live.pay(strangers.key, **request_of_the_owner)
    assert "idempotent-replayed" not in live.headers and strangers.payment not in live.text


def test_a_09_a_foreign_key_with_another_request_is_no_conflict(gateway, strangers):
    third = gateway.merchant_client("Third")
    answer = third.pay(strangers.key, amount=123, currency="EUR")
    assert answer.status == 200 and answer["amount"] == 123, answer.text
    refused = call(third, "POST", PAYMENTS + "/{payment_id}/capture", strangers.payment, strangers.key)
    assert refused.status == 404 and refused["code"] == "not_found", "the payment is looked at before the key"


def test_a_09_lists_and_balances_are_the_keys_own(gateway, strangers):
    third = gateway.merchant_client("Fourth")
    assert third.get(PAYMENTS).json() == {"data": [], "has_more": False, "next_starting_after": None}
    assert third.get("/api/v1/balance").json() == {"live": False, "data": []}
    mine = third.pay()["payment_id"]
    for query in ("", "?status=captured", "?status=partially_refunded", "?currency=USD", "?created_from=2020-01-01T00:00:00Z"):
        shown = [payment["payment_id"] for payment in third.get(PAYMENTS + query).json()["data"]]
        assert set(shown) <= {mine}, query
    assert [row["payable"] for row in third.get("/api/v1/balance").json()["data"]] == [9680]


def test_a_09_a_foreign_cursor_is_only_a_place_in_time(gateway, strangers):
    third = gateway.merchant_client("Fifth")
    older = third.pay()["payment_id"]
    foreign = strangers.stranger.pay()["payment_id"]
    third.pay()
    with_foreign = third.get(f"{PAYMENTS}?starting_after={foreign}")
    assert [payment["payment_id"] for payment in with_foreign["data"]] == [older]
    assert with_foreign.text == third.get(f"{PAYMENTS}?starting_after={neighbour(foreign)}").text


def test_a_21_the_database_keeps_no_key_that_could_be_used(gateway, strangers):
    with gateway.database() as database:
        rows = database.execute("select k::text from api_keys k").fetchall()
    secret = strangers.owner.secret
    assert rows and not any(secret in row[0] or secret[12:40] in row[0] for row in rows)
    assert not any(secret.encode().hex() in row[0] for row in rows)


class Wire:
    """One keep-alive connection, with as little of Python as possible between the bytes and the clock."""

    def __init__(self, client):
        self.client, self.link = client, socket.create_connection(("127.0.0.1", client.port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, payment_id):
        """Status and nanoseconds of one read."""
        head = f"GET {PAYMENTS}/{payment_id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.client.secret}\r\n\r\n".encode()
        begun = time.perf_counter_ns()
        self.link.sendall(head)
        answer = self.link.recv(65536)
        took = time.perf_counter_ns() - begun
        length = int(re.search(rb"Content-Length: (\d+)", answer)[1])
        body = answer.split(b"\r\n\r\n", 1)[1]
        while len(body) < length:
            body += self.link.recv(65536)
        return int(answer[9:12]), took, answer

    def read_404(self, payment_id):
        while True:
            status, took, answer = self.get(payment_id)
            if status == 404:
                return took
            assert status == 429, answer
            time.sleep(int(re.search(rb"Retry-After: (\d+)", answer)[1]))  # within the merchant's rate, as any client would


def medians(wire, foreign, missing, rounds):
    """Interleaved, in turns A B B A, so that whatever drifts meets both alike."""
    taken = {foreign: [], missing: []}
    for number in range(rounds):
        for each in (foreign, missing) if number % 2 else (missing, foreign):
            taken[each].append(wire.read_404(each))
    return statistics.median(taken[foreign]), statistics.median(taken[missing])


def test_a_21_a_foreign_id_takes_as_long_as_a_missing_one(strangers):
    wire = Wire(strangers.stranger)
    foreign, missing = strangers.payment, neighbour(strangers.payment)
    medians(wire, foreign, missing, 200)
    for attempt in range(3):
        of_foreign, of_missing = medians(wire, foreign, missing, 5_000)
        difference = abs(of_foreign - of_missing) / of_missing
        print(f"medians of 5000 reads each: foreign {of_foreign / 1000:.1f} µs, missing {of_missing / 1000:.1f} µs, "
              f"apart {difference:.2%}")
        if difference < 0.05:
            return
    raise AssertionError(f"a foreign id can be told from a missing one: {of_foreign} and {of_missing} ns")


def test_a_21_the_measurement_would_see_a_difference(strangers):
    """An id that is no id is refused without a look into the database: that must show, or the medians above say nothing."""
    of_malformed, of_missing = medians(Wire(strangers.stranger), "pay_x", neighbour(strangers.payment), 1_000)
    print(f"malformed {of_malformed / 1000:.1f} µs, missing {of_missing / 1000:.1f} µs")
    assert of_malformed < 0.95 * of_missing
