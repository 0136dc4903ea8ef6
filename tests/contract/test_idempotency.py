"""Idempotency: the catalogue's ID cases that concern a sale. One key, one charge, one answer."""

import json
import socket
import time

import pytest

from harness.client import SALE, new_key, request
from harness.processes import wait_until


def charges(simulator, payment_id):
    return [row for row in simulator.truth(payment_id) if row["kind"] == "charge"]


def test_id_01_a_thousand_parallel_requests_with_one_key_make_one_charge_and_equal_bytes(merchant, simulator, gateway):
    simulator.settings(latency={"kind": "fixed", "mean_ms": 2000})
    try:
        with gateway.database() as database:
            key = new_key()
            answers = merchant.pay_in_parallel(1000, lambda n: key)
            backends = database.execute("select count(*) from pg_stat_activity where usename = 'florin_app'").fetchone()[0]
    finally:
        simulator.settings(latency={"kind": "none"})
    final = [answer for answer in answers if answer.status == 200]
    assert len(final) == 1000, {answer.status for answer in answers}
    assert len({answer.text for answer in final}) == 1
    assert len(charges(simulator, final[0]["payment_id"])) == 1
    assert backends < 20, "waiters must not hold database connections"
    replay = merchant.pay(key)
    assert replay.text == final[0].text and replay.headers["idempotent-replayed"] == "true"


def test_id_02_a_burst_at_the_first_insert_has_one_winner_per_key_and_no_500(merchant, simulator):
    keys = [new_key() for _ in range(50)]
    answers = merchant.pay_in_parallel(400, lambda n: keys[n % 50])
    assert {answer.status for answer in answers} == {200}
    for number, key in enumerate(keys):
        bodies = {answers[i].text for i in range(number, 400, 50)}
        assert len(bodies) == 1
        assert len(charges(simulator, json.loads(bodies.pop())["payment_id"])) == 1


@pytest.mark.parametrize("change,pointer", [
    ({"amount": 10001}, "/amount"), ({"currency": "EUR"}, "/currency"), ({"description": "other"}, "/description"),
    ({"payment_method": "pm_card_mastercard"}, "/payment_method"), ({"metadata": {"order": "2"}}, "/metadata/order"),
    ({"return_url": "https://merchant.example/back"}, "/return_url")])
def test_id_03_the_same_key_with_another_body_is_422_and_names_the_field(merchant, simulator, change, pointer):
    key = new_key()
    first = merchant.pay(key)
    other = merchant.pay(key, **change)
    assert other.status == 422 and other["code"] == "idempotency_key_reused", other.text
    assert other["pointer"] == pointer
    assert len(charges(simulator, first["payment_id"])) == 1


def test_id_03_white_space_member_order_and_spelled_out_defaults_are_the_same_request(merchant):
    key = new_key()
    first = merchant.pay(key)
    again = merchant.post("/api/v1/payments",
                          '{ "payment_method":"pm_card_visa",\n "capture":true, "currency":"USD","amount": 10000 }', key)
    assert (again.status, again.text) == (200, first.text)


def test_id_05_two_merchants_with_one_key_make_two_payments(gateway, merchant):
    other, key = gateway.merchant_client("Other"), new_key()
    mine, theirs = merchant.pay(key), other.pay(key)
    assert mine.status == theirs.status == 200
    assert mine["payment_id"] != theirs["payment_id"]
    assert "idempotent-replayed" not in theirs.headers


def test_id_06_a_key_in_live_mode_is_not_the_key_in_test_mode(gateway, merchant):
    live = gateway.create_key(merchant.merchant, "live")
    from harness.client import Client
    client, key = Client(gateway.port, live["key"]), new_key()
    assert merchant.pay(key).status == 200
    answer = client.pay(key)
    assert answer.status != 200 and "idempotent-replayed" not in answer.headers, "no live PSP is configured here"


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\there", "é", "a\x7fb"])
def test_id_07_a_key_of_a_wrong_form_is_400(merchant, key):
    answer = raw_post(merchant, [f"Idempotency-Key: {key}"])
    assert answer.startswith(b"HTTP/1.1 400"), answer[:200]


def test_id_07_repeated_key_headers_are_400_and_the_longest_key_is_accepted(merchant):
    assert raw_post(merchant, ["Idempotency-Key: a", "Idempotency-Key: b"]).startswith(b"HTTP/1.1 400")
    assert merchant.pay("k" * 255).status == 200
    assert merchant.pay("k" * 254).json()["payment_id"] != merchant.pay("k" * 255).json()["payment_id"]


def raw_post(merchant, header_lines, body=json.dumps(SALE)):
    lines = ["POST /api/v1/payments HTTP/1.1", "Host: localhost", f"Authorization: Bearer {merchant.secret}",
             "Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close", *header_lines]
    with socket.create_connection(("127.0.0.1", merchant.port), timeout=20) as link:
        link.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body.encode())
        answer = b""
        while chunk := link.recv(65536):
            answer += chunk
    return answer


def test_id_08_a_post_without_a_key_is_400_before_any_effect(merchant):
    before = merchant.get("/api/v1/payments").text
    answer = request(merchant.port, "POST", "/api/v1/payments", merchant.headers(), json.dumps(SALE))
    assert answer.status == 400 and answer["code"] == "idempotency_key_missing"
    assert merchant.get("/api/v1/payments").text == before


def test_id_11_a_key_whose_first_request_was_invalid_is_free_for_the_mended_one(merchant):
    key = new_key()
    assert merchant.pay(key, amount=0).status == 400
    assert merchant.pay(key).status == 200


def test_id_12_a_proven_not_executed_is_503_and_its_own_key_opens_the_next_attempt(merchant, simulator):
    simulator.fault("rate_limit", times=1)
    key = new_key()
    first = merchant.pay(key)
    assert first.status == 503 and first["code"] == "not_executed" and "retry-after" in first.headers
    payment = first["payment"]
    assert (payment["status"], payment["failure_code"]) == ("failed", "not_executed")
    second = merchant.pay(key)
    assert second.status == 200 and second["payment_id"] == payment["payment_id"]
    assert len(charges(simulator, payment["payment_id"])) == 1
    operations = merchant.get(f"/api/v1/payments/{payment['payment_id']}/operations").json()["data"]
    assert sorted((row["attempt"], row["outcome"]) for row in operations) == [(1, "not_executed"), (2, "approved")]


def test_id_18_a_client_that_hangs_up_does_not_stop_its_payment(merchant, simulator):
    simulator.settings(latency={"kind": "fixed", "mean_ms": 700})
    key, body = new_key(), json.dumps(SALE)
    try:
        with socket.create_connection(("127.0.0.1", merchant.port)) as link:
            head = "\r\n".join(["POST /api/v1/payments HTTP/1.1", "Host: localhost",
                                f"Authorization: Bearer {merchant.secret}", "Content-Type: application/json",
                                f"Idempotency-Key: {key}", f"Content-Length: {len(body)}"])
            link.sendall(head.encode() + b"\r\n\r\n" + body.encode())
            wait_until("the payment exists", lambda: merchant.get("/api/v1/payments?limit=1").json()["data"])
    finally:
        simulator.settings(latency={"kind": "none"})
    payment_id = merchant.get("/api/v1/payments?limit=1").json()["data"][0]["payment_id"]
    assert merchant.settled(payment_id, 20)["status"] == "captured"
    replay = merchant.pay(key)
    assert (replay.status, replay["payment_id"]) == (200, payment_id)
    assert replay.headers["idempotent-replayed"] == "true"


def test_id_22_waiters_on_a_hanging_key_do_not_disturb_other_payments(merchant, simulator):
    fault = simulator.fault("hang", times=1, match={"amount": 4242})
    key = new_key()
    import threading
    crowd = threading.Thread(target=lambda: merchant.pay_in_parallel(500, lambda n: key, lambda n: {**SALE, "amount": 4242}, 15))
    crowd.start()
    wait_until("the hanging call reached the PSP", lambda: simulator.hits(fault))
    begin = time.monotonic()
    assert merchant.pay().status == 200
    assert time.monotonic() - begin < 10, "the waiters wait for ten seconds"
    crowd.join()
