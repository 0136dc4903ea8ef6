"""Authorize, capture, void and refund: what each does to document, ledger and PSP, and who may do what when."""

import threading

import pytest

from harness.agreement import agree, amounts_of, books_of, held, verified
from harness.client import new_key
from harness.processes import wait_until


def authorized(merchant, amount=10000, **fields):
    answer = merchant.authorize(amount=amount, **fields)
    assert answer.status == 200 and answer["status"] == "authorized", answer.text
    return answer["payment_id"]


def done(answer):
    assert answer.status == 200, answer.text
    return answer.json()


def refused(answer, code="operation_not_allowed"):
    assert (answer.status, answer["code"]) == (422, code), answer.text
    return answer.json()


def test_an_authorization_holds_and_posts_a_memo_only(merchant, simulator):
    payment_id = authorized(merchant)
    payment = agree(simulator, merchant, payment_id)
    assert amounts_of(payment) == {"authorized": 10000, "captured": 0, "refunded": 0, "voided": 0}
    assert payment["capture"] is False and payment["capture_before"] > payment["created_at"]
    [row] = merchant.get("/api/v1/balance").json()["data"]
    assert (row["authorized"], row["payable"]) == (10000, 0)


@pytest.mark.parametrize("amount,status,voided", [(10000, "captured", 0), (6000, "partially_captured", 4000)])
def test_a_capture_takes_its_amount_and_releases_the_rest(merchant, simulator, amount, status, voided):
    payment_id = authorized(merchant)
    answer = done(merchant.capture(payment_id, amount=amount))
    operation = answer.pop("operation")
    assert (operation["type"], operation["status"], operation["final"], operation["released_amount"]) == \
        ("capture", "succeeded", True, voided)
    assert answer == agree(simulator, merchant, payment_id)
    assert (answer["status"], answer["captured_amount"], answer["voided_amount"]) == (status, amount, voided)
    refused(merchant.capture(payment_id))
    refused(merchant.void(payment_id))


def test_l_14_three_captures_and_a_void_of_the_rest_release_the_memo_to_nothing(merchant, simulator):
    payment_id, left = authorized(merchant, multiple_captures=True), 10000
    for amount in (1000, 2500, 500):
        done(merchant.capture(payment_id, amount=amount))
        left -= amount
        payment = agree(simulator, merchant, payment_id)
        assert held(payment) == left and payment["status"] == "partially_captured"
    answer = done(merchant.void(payment_id))
    assert answer["operation"]["amount"] == left
    payment = agree(simulator, merchant, payment_id)
    assert (payment["status"], held(payment), payment["voided_amount"]) == ("partially_captured", 0, left)
    assert books_of(merchant, payment_id)["psp memo"] == 0
    [row] = merchant.get("/api/v1/balance").json()["data"]
    assert row["authorized"] == 0


def test_l_14_the_last_of_several_captures_may_be_final(merchant, simulator):
    payment_id = authorized(merchant, multiple_captures=True)
    done(merchant.capture(payment_id, amount=3000))
    answer = done(merchant.capture(payment_id, amount=2000, final=True))
    assert answer["operation"]["released_amount"] == 5000
    assert held(agree(simulator, merchant, payment_id)) == 0


def test_a_void_releases_everything_and_nothing_can_follow(merchant, simulator):
    payment_id = authorized(merchant)
    assert done(merchant.void(payment_id))["status"] == "voided"
    assert agree(simulator, merchant, payment_id)["voided_amount"] == 10000
    for answer in (merchant.void(payment_id), merchant.capture(payment_id), merchant.refund(payment_id)):
        refused(answer)


def test_refunds_in_parts_end_in_refunded_and_the_limit_is_what_was_captured(merchant, simulator):
    payment_id = authorized(merchant)
    done(merchant.capture(payment_id, amount=6000))
    refused(merchant.refund(payment_id, amount=6001), "amount_out_of_range")
    answer = done(merchant.refund(payment_id, amount=2000, reason="customer_request"))
    assert answer["status"] == "partially_refunded" and answer["operation"]["reason"] == "customer_request"
    refused(merchant.refund(payment_id, amount=4001), "amount_out_of_range")
    assert done(merchant.refund(payment_id))["status"] == "refunded"
    assert agree(simulator, merchant, payment_id)["refunded_amount"] == 6000
    refused(merchant.refund(payment_id))
    assert [row["amount"] for row in merchant.refunds(payment_id)] in ([2000, 4000], [4000, 2000])


def test_a_refund_keeps_both_fees(merchant):
    payment_id = merchant.pay(amount=10000)["payment_id"]
    done(merchant.refund(payment_id))
    [row] = merchant.get("/api/v1/balance").json()["data"]
    assert row["payable"] == -320  # 2.9 % + 30 are not given back


def test_a_stored_refusal_changes_nothing_and_answers_the_same_bytes(merchant, gateway):
    payment_id, key = merchant.pay()["payment_id"], new_key()
    before = merchant.payment(payment_id).text
    first = merchant.refund(payment_id, key, amount=10001)
    refused(first, "amount_out_of_range")
    assert first["payment"]["operation"]["status"] == "refused"
    done(merchant.refund(payment_id, amount=1))
    assert merchant.refund(payment_id, key, amount=10001).text == first.text
    assert before != merchant.payment(payment_id).text
    verified(gateway)
    verified(gateway)


def test_the_audit_is_the_walk_of_the_status(merchant):
    payment_id = authorized(merchant)
    done(merchant.capture(payment_id, amount=6000))
    done(merchant.refund(payment_id))
    changes = [row for row in merchant.get(f"/api/v1/payments/{payment_id}/audit").json()["data"] if row["type"] == "status_change"]
    walk = sorted((row["sequence"], row["from"], row["to"]) for row in changes)
    assert [(old, new) for _, old, new in walk] == [("pending", "authorized"), ("authorized", "partially_captured"),
                                                    ("partially_captured", "refunded")]


def insist(merchant, answers, number, act):
    """As a careful client: 409 means come again with the same key."""
    key = new_key()
    while True:
        answer = act(key)
        if answer.status != 409:
            break
        assert int(answer.headers["retry-after"]) >= 1
    answers[number] = answer


def race(count, merchant, act):
    answers = [None] * count
    threads = [threading.Thread(target=insist, args=(merchant, answers, n, lambda key, n=n: act(n, key))) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_l_18_of_a_hundred_refunds_of_100_from_1000_exactly_ten_succeed(merchant, simulator):
    payment_id = merchant.pay(amount=1000)["payment_id"]
    answers = race(100, merchant, lambda n, key: merchant.refund(payment_id, key, amount=100))
    statuses = [answer.status for answer in answers]
    assert sorted(statuses) == [200] * 10 + [422] * 90, statuses
    payment = agree(simulator, merchant, payment_id)
    assert (payment["status"], payment["refunded_amount"]) == ("refunded", 1000)


def test_l_18_of_forty_captures_of_100_from_1000_exactly_ten_succeed(merchant, simulator):
    payment_id = authorized(merchant, 1000, multiple_captures=True)
    answers = race(40, merchant, lambda n, key: merchant.capture(payment_id, key, amount=100, final=False))
    assert sum(answer.status == 200 for answer in answers) == 10
    assert agree(simulator, merchant, payment_id)["captured_amount"] == 1000


def test_a_capture_and_a_void_race_to_one_legal_end(merchant, simulator):
    for _ in range(10):
        payment_id = authorized(merchant, 1000)
        answers = race(2, merchant, lambda n, key: merchant.void(payment_id, key) if n else merchant.capture(payment_id, key))
        assert sorted(answer.status for answer in answers) == [200, 422]
        payment = agree(simulator, merchant, payment_id)
        assert payment["status"] == ("captured" if answers[0].status == 200 else "voided")


def test_what_only_an_open_operation_blocks_is_409_and_stores_nothing(merchant, simulator):
    payment_id, key = authorized(merchant), new_key()
    simulator.settings(latency={"kind": "fixed", "mean_ms": 3000})
    try:
        capture = threading.Thread(target=lambda: merchant.capture(payment_id))
        capture.start()
        wait_until("the capture is open", lambda: len(merchant.operations(payment_id)) == 2, 30)
        answer = merchant.void(payment_id, key)
        assert (answer.status, answer["code"]) == (409, "conflict") and answer.headers["retry-after"], answer.text
    finally:
        simulator.settings(latency={"kind": "none"})
        capture.join()
    refused(merchant.void(payment_id, key))
    assert agree(simulator, merchant, payment_id)["status"] == "captured"
