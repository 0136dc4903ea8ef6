"""Idempotency of captures, voids and refunds: the catalogue's ID cases. One key, one movement of money, one answer."""

import json

import pytest

from harness.client import Client, new_key, request

# kind → (a payment that allows it, its body, the kind of its movement at the PSP)
KINDS = {"capture": ({"capture": False}, {"amount": 4000}, "capture"),
         "void": ({"capture": False}, {}, "void"),
         "refund": ({}, {"amount": 3000}, "refund")}


def made(merchant, kind, **fields):
    answer = merchant.pay(**{**KINDS[kind][0], **fields})
    assert answer.status == 200, answer.text
    return answer["payment_id"]


def path_of(payment_id, kind):
    return f"/api/v1/payments/{payment_id}/{kind}"


def act(merchant, kind, payment_id, key=None, **fields):
    return merchant.post(path_of(payment_id, kind), {**KINDS[kind][1], **fields}, key)


def movements(simulator, payment_id, kind):
    return [row for row in simulator.truth(payment_id) if row["kind"] == KINDS[kind][2]]


@pytest.mark.parametrize("kind", KINDS)
def test_id_01_hundreds_of_parallel_requests_with_one_key_move_money_once_and_get_equal_bytes(merchant, simulator, kind):
    payment_id, key = made(merchant, kind), new_key()
    simulator.settings(latency={"kind": "fixed", "mean_ms": 1500})
    try:
        answers = merchant.post_in_parallel(300, lambda n: path_of(payment_id, kind), lambda n: key, lambda n: KINDS[kind][1])
    finally:
        simulator.settings(latency={"kind": "none"})
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(movements(simulator, payment_id, kind)) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    replay = act(merchant, kind, payment_id, key)
    assert replay.text == answers[0].text and replay.headers["idempotent-replayed"] == "true"


def test_id_02_a_burst_of_refunds_has_one_winner_per_key_and_no_500(merchant, simulator):
    payment_ids, keys = [made(merchant, "refund") for _ in range(10)], [new_key() for _ in range(10)]
    answers = merchant.post_in_parallel(100, lambda n: path_of(payment_ids[n % 10], "refund"), lambda n: keys[n % 10],
                                        lambda n: {"amount": 100})
    assert {answer.status for answer in answers} == {200}
    for number, payment_id in enumerate(payment_ids):
        assert len({answers[i].text for i in range(number, 100, 10)}) == 1
        assert len(movements(simulator, payment_id, "refund")) == 1


@pytest.mark.parametrize("kind,change,pointer", [("capture", {"amount": 4001}, "/amount"), ("capture", {"final": True}, "/final"),
                                                 ("refund", {"amount": 3001}, "/amount"),
                                                 ("refund", {"reason": "duplicate"}, "/reason")])
def test_id_03_the_same_key_with_another_body_is_422_and_names_the_field(merchant, simulator, kind, change, pointer):
    payment_id, key = made(merchant, kind, **({"multiple_captures": True} if kind == "capture" else {})), new_key()
    first = act(merchant, kind, payment_id, key)
    other = act(merchant, kind, payment_id, key, **change)
    assert other.status == 422 and other["code"] == "idempotency_key_reused", other.text
    assert other["pointer"] == pointer
    assert len(movements(simulator, payment_id, kind)) == 1
    assert act(merchant, kind, payment_id, key).text == first.text


def test_id_03_white_space_and_member_order_are_the_same_request(merchant):
    payment_id, key = made(merchant, "refund"), new_key()
    first = merchant.refund(payment_id, key, amount=100, reason="late")
    again = merchant.post(path_of(payment_id, "refund"), '{ "reason":"late",\n "amount": 100 }', key)
    assert (again.status, again.text) == (200, first.text)


@pytest.mark.parametrize("kind", ["capture", "void"])
def test_id_03_no_body_and_an_empty_object_are_the_same_request(merchant, kind):
    payment_id, key = made(merchant, kind), new_key()
    first = merchant.post(path_of(payment_id, kind), "", key)
    again = merchant.post(path_of(payment_id, kind), "{}", key)
    assert (first.status, again.status, again.text) == (200, 200, first.text)


@pytest.mark.parametrize("kind", KINDS)
def test_id_04_a_key_of_one_payment_is_422_on_another_one(merchant, simulator, kind):
    first, other, key = made(merchant, kind), made(merchant, kind), new_key()
    assert act(merchant, kind, first, key).status == 200
    answer = act(merchant, kind, other, key)
    assert answer.status == 422 and answer["code"] == "idempotency_key_reused", answer.text
    assert movements(simulator, other, kind) == []


def test_id_04_a_key_of_one_route_is_422_on_every_other_one(merchant, simulator):
    key = new_key()
    payment_id = merchant.authorize(key)["payment_id"]
    for kind in KINDS:
        answer = act(merchant, kind, payment_id, key)
        assert answer.status == 422 and answer["code"] == "idempotency_key_reused", answer.text
    capture = new_key()
    assert merchant.capture(payment_id, capture).status == 200
    assert merchant.refund(payment_id, capture)["code"] == "idempotency_key_reused"
    assert merchant.pay(capture)["code"] == "idempotency_key_reused"
    assert [row["kind"] for row in simulator.truth(payment_id)].count("refund") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_id_05_two_merchants_with_one_key_do_two_things(gateway, merchant, kind):
    other, key = gateway.merchant_client("Other"), new_key()
    mine, theirs = act(merchant, kind, made(merchant, kind), key), act(other, kind, made(other, kind), key)
    assert mine.status == theirs.status == 200
    assert mine["operation"]["operation_id"] != theirs["operation"]["operation_id"]
    assert "idempotent-replayed" not in theirs.headers


@pytest.mark.parametrize("kind", KINDS)
def test_id_06_the_live_key_neither_reaches_a_test_payment_nor_its_keys(gateway, merchant, kind):
    live = Client(gateway.port, gateway.create_key(merchant.merchant, "live")["key"])
    payment_id, key = made(merchant, kind), new_key()
    assert act(merchant, kind, payment_id, key).status == 200
    answer = act(live, kind, payment_id, key)
    assert answer.status == 404 and "idempotent-replayed" not in answer.headers


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["x" * 256, "with space"])
def test_id_07_a_key_of_a_wrong_form_is_400(merchant, simulator, kind, key):
    payment_id = made(merchant, kind)
    answer = act(merchant, kind, payment_id, key)
    assert answer.status == 400 and answer["code"] == "idempotency_key_invalid"
    assert movements(simulator, payment_id, kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_id_08_a_post_without_a_key_is_400_before_any_effect(merchant, simulator, kind):
    payment_id = made(merchant, kind)
    before = merchant.payment(payment_id).text
    answer = request(merchant.port, "POST", path_of(payment_id, kind), merchant.headers(), json.dumps(KINDS[kind][1]))
    assert answer.status == 400 and answer["code"] == "idempotency_key_missing"
    assert merchant.payment(payment_id).text == before and movements(simulator, payment_id, kind) == []


@pytest.mark.parametrize("kind", ["capture", "refund"])
def test_id_11_a_key_whose_first_request_was_invalid_is_free_for_the_mended_one(merchant, kind):
    payment_id, key = made(merchant, kind), new_key()
    assert act(merchant, kind, payment_id, key, amount=0).status == 400
    assert act(merchant, kind, payment_id, key).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_id_12_a_proven_not_executed_is_503_and_its_own_key_opens_the_next_attempt(merchant, simulator, kind):
    payment_id, key = made(merchant, kind), new_key()
    simulator.fault("rate_limit", operation=kind, times=1)
    before = merchant.payment(payment_id).json()
    first = act(merchant, kind, payment_id, key)
    assert first.status == 503 and first["code"] == "not_executed" and "retry-after" in first.headers, first.text
    assert first["payment"]["operation"]["status"] == "not_executed"
    assert first["payment"]["status"] == before["status"]
    second = act(merchant, kind, payment_id, key)
    assert second.status == 200 and second["operation"]["status"] == "succeeded", second.text
    assert second["operation"]["operation_id"] == first["payment"]["operation"]["operation_id"]
    assert len(movements(simulator, payment_id, kind)) == 1
    attempts = [row for row in merchant.operations(payment_id) if row["kind"] == kind]
    assert sorted((row["attempt"], row["outcome"]) for row in attempts) == [(1, "not_executed"), (2, "approved")]


def test_id_20_a_replay_answers_what_was_true_then_whatever_came_after(merchant):
    create, capture, refund = new_key(), new_key(), new_key()
    authorized = merchant.authorize(create)
    payment_id = authorized["payment_id"]
    captured = merchant.capture(payment_id, capture, amount=4000)
    refunded = merchant.refund(payment_id, refund, amount=1000)
    assert merchant.refund(payment_id, amount=500).status == 200
    for first, again in ((authorized, merchant.authorize(create)), (captured, merchant.capture(payment_id, capture, amount=4000)),
                         (refunded, merchant.refund(payment_id, refund, amount=1000))):
        assert (again.status, again.text) == (200, first.text)
        assert again.headers["idempotent-replayed"] == "true"
    assert authorized["captured_amount"] == 0 and refunded["refunded_amount"] == 1000
    assert merchant.payment(payment_id)["refunded_amount"] == 1500


def test_a_refusal_by_the_payments_state_is_final_under_its_key(merchant):
    payment_id, key = made(merchant, "void"), new_key()
    first = merchant.refund(payment_id, key, amount=100)
    assert first.status == 422 and first["code"] == "operation_not_allowed", first.text
    assert merchant.capture(payment_id).status == 200
    replay = merchant.refund(payment_id, key, amount=100)
    assert (replay.status, replay.text) == (422, first.text) and replay.headers["idempotent-replayed"] == "true"
    assert merchant.refund(payment_id, amount=100).status == 200
