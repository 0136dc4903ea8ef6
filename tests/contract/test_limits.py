"""A-13: rate limits by merchant and mode, by key, and by address for keys that nobody knows."""

import json
import secrets
import time

import pytest

from harness.client import SALE, Client, new_key, request
from harness.processes import World, wait_until

RATE, BURST = 20, 40
GUESSES, GUESS_BURST = 5, 10
BALANCE = "/api/v1/balance"


@pytest.fixture(scope="module")
def limited():
    limits = {"requests_per_second": RATE, "burst": BURST, "key_requests_per_second": RATE // 2, "key_burst": 30,
              "unknown_keys_per_second": GUESSES, "unknown_key_burst": GUESS_BURST}
    with World({"limits": limits}) as world:
        yield world.gateway


@pytest.fixture
def client(limited):
    return known(limited.merchant_client())


def known(client):
    """Once the process knows the key: its first look-up counts as a guess until it was found."""
    wait_until("the key is looked up", lambda: client.get(BALANCE).status == 200, 30)
    return client


def another_key(limited, client, mode="test"):
    return known(Client(client.port, limited.create_key(client.merchant, mode)["key"], merchant=client.merchant))


def spend(*clients):
    """Requests until each of the clients is refused twice in a row; the refusals."""
    refusals = []
    for client in clients:
        in_a_row = 0
        while in_a_row < 2:
            answer = client.get(BALANCE)
            in_a_row = in_a_row + 1 if answer.status == 429 else 0
            refusals += [answer] if answer.status == 429 else []
    return refusals


def check_refusal(answer):
    assert answer.status == 429 and answer["code"] == "rate_limited", answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer["detail"].endswith("same Idempotency-Key.")


def guess(port):
    key = "sk_test_" + secrets.token_hex(24)
    return request(port, "GET", BALANCE, {"Authorization": f"Bearer {key}"})


def test_a_13_neither_more_nor_less_than_burst_and_rate_goes_through(limited):
    client = limited.merchant_client()
    clients = [client, another_key(limited, client), another_key(limited, client)]  # three keys have more than a merchant may
    spend(*clients)
    begun, admitted, sent = time.monotonic(), 0, 0
    while time.monotonic() - begun < 4:
        admitted += clients[sent % 3].get(BALANCE).status == 200
        sent += 1
    took = time.monotonic() - begun
    assert admitted <= RATE * took + 2, "what a merchant may send, whatever its keys"
    if sent > 4 * RATE * took:  # a machine so slow that the limit is hardly reached shows nothing
        assert admitted >= 0.9 * RATE * took - 2


def test_a_13_a_key_has_a_limit_of_its_own(limited, client):
    for refusal in spend(client):
        check_refusal(refusal)
    assert another_key(limited, client).get(BALANCE).status == 200


def test_a_13_merchants_and_modes_do_not_disturb_each_other(limited, client):
    other, live = known(limited.merchant_client()), another_key(limited, client, "live")
    spend(client, another_key(limited, client))
    assert other.get(BALANCE).status == live.get(BALANCE).status == 200


def test_a_13_what_is_refused_has_claimed_nothing(limited, client):
    begun, key = limited_payment(client)
    assert begun.status == 429, begun.text
    time_to_wait = int(begun.headers["retry-after"])
    assert time_to_wait >= 1
    paid = wait_until("the limit lets it through", lambda: admitted(client.pay(key, amount=4321)), 30)
    assert (paid.status, paid["amount"]) == (200, 4321), "another body: nothing was stored under the key"
    assert "idempotent-replayed" not in paid.headers


def limited_payment(client):
    while True:
        spend(client)
        key = new_key()
        answer = client.post("/api/v1/payments", json.dumps(SALE), key)
        if answer.status == 429:
            return answer, key


def admitted(answer):
    return answer if answer.status != 429 else None


def test_a_13_guesses_are_limited_by_address_and_known_keys_go_on(limited, client):
    statuses = []
    while statuses[-3:] != [429, 429, 429]:
        answer = guess(client.port)
        statuses.append(answer.status)
        assert answer.status in (401, 429), answer.text
    check_refusal(answer)
    assert statuses.count(401) >= GUESS_BURST
    for _ in range(10):
        guess(client.port)
        assert client.get(BALANCE).status == 200, "a key that is known needs no look-up"
    fresh = limited.merchant_client()
    assert known(fresh).get(BALANCE).status == 200, "a good key that is new here waits its turn"
    begun, unknown = time.monotonic(), 0
    while time.monotonic() - begun < 3:
        unknown += guess(client.port).status == 401
    assert unknown <= GUESSES * (time.monotonic() - begun) + GUESS_BURST


def test_a_13_limits_are_counted(limited, client):
    spend(client)
    metrics = request(client.port, "GET", "/metrics").text
    assert 'florin_rate_limited_total{by="key"}' in metrics


def test_a_13_probes_have_no_limit(limited):
    assert {request(limited.port, "GET", path).status for path in ("/healthz", "/metrics") for _ in range(100)} == {200}
