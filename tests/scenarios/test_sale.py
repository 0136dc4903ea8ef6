"""A sale through HTTP, PSP and ledger: each of the six outcomes and what the merchant sees of it."""

import re

import pytest

from harness.client import SALE, new_key, request
from harness.processes import wait_until

MEMBERS = ["payment_id", "status", "amount", "currency", "authorized_amount", "captured_amount", "refunded_amount", "voided_amount",
           "payment_method", "capture", "multiple_captures", "description", "metadata", "return_url", "psp", "psp_reference",
           "failure_code", "failure_reason", "next_action", "capture_before", "sequence", "live", "created_at", "updated_at"]


def test_an_approved_sale_answers_200_with_the_whole_document(merchant, simulator):
    answer = merchant.pay(description="Order #12345", metadata={"order_id": "ORD-12345"}, return_url="https://merchant.example/done")
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert list(document) == MEMBERS
    assert document["status"] == "captured" and document["live"] is False
    assert (document["amount"], document["authorized_amount"], document["captured_amount"]) == (10000, 10000, 10000)
    assert re.fullmatch(r"pay_[0-9a-f-]{36}", document["payment_id"]) and document["psp_reference"].startswith("pi_")
    assert merchant.payment(document["payment_id"]).text == answer.text
    [charge] = simulator.truth(document["payment_id"])
    assert (charge["kind"], charge["amount"], charge["currency"].upper()) == ("charge", 10000, "USD")


@pytest.mark.parametrize("method,code", [("pm_card_visa_chargeDeclined", "card_declined"),
                                         ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
                                         ("pm_card_chargeDeclinedExpiredCard", "expired_card")])
def test_a_declined_sale_answers_402_with_the_document_and_the_same_bytes_again(merchant, simulator, method, code):
    key = new_key()
    answer = merchant.pay(key, payment_method=method)
    assert answer.status == 402 and answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "payment_declined"
    assert (problem["payment"]["status"], problem["payment"]["failure_code"]) == ("failed", code)
    replay = merchant.pay(key, payment_method=method)
    assert (replay.status, replay.text) == (402, answer.text) and replay.headers["idempotent-replayed"] == "true"
    assert not [row for row in simulator.truth(problem["payment"]["payment_id"]) if row["captured"]]


def pay_with_3d_secure(merchant, **fields):
    answer = merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://merchant.example/done", **fields)
    assert answer.status == 202 and answer["status"] == "requires_action", answer.text
    assert answer["next_action"]["type"] == "redirect"
    return answer.json()


def follow(payment, decision):
    url = payment["next_action"]["url"]
    port, path = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/.*)", url).groups()
    assert request(int(port), "GET", path).status == 200
    answer = request(int(port), "POST", f"{path}/{decision}")
    assert answer.status in (302, 303) and answer.headers["location"].startswith("https://merchant.example/done?")


def test_an_approved_3d_secure_sale_is_captured(merchant):
    payment = pay_with_3d_secure(merchant)
    follow(payment, "approve")
    final = merchant.settled(payment["payment_id"])
    assert (final["status"], final["captured_amount"], final["next_action"]) == ("captured", 10000, None)


def test_a_denied_3d_secure_sale_fails_with_its_reason(merchant, simulator):
    payment = pay_with_3d_secure(merchant)
    follow(payment, "deny")
    final = merchant.settled(payment["payment_id"])
    assert (final["status"], final["failure_code"]) == ("failed", "authentication_failed")
    assert not [row for row in simulator.truth(payment["payment_id"]) if row["captured"]]


def test_an_abandoned_3d_secure_sale_fails_after_its_time(merchant, simulator):
    simulator.settings(abandon_after_ms=500)
    try:
        payment = pay_with_3d_secure(merchant)
        final = merchant.settled(payment["payment_id"])
    finally:
        simulator.settings(abandon_after_ms=3600000)
    assert final["status"] == "failed"


def test_a_provisional_202_is_never_stored_and_the_result_replaces_it(merchant):
    key = new_key()
    fields = {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://merchant.example/done"}
    first = merchant.pay(key, **fields)
    assert first.status == 202
    again = merchant.pay(key, **fields)
    assert (again.status, again["payment_id"]) == (202, first["payment_id"])
    follow(first.json(), "approve")
    merchant.settled(first["payment_id"])
    final = merchant.pay(key, **fields)
    assert (final.status, final["status"]) == (200, "captured") and final.headers["idempotent-replayed"] == "true"


def test_the_operations_and_the_audit_tell_the_whole_story(merchant):
    payment_id = merchant.pay()["payment_id"]
    [operation] = merchant.get(f"/api/v1/payments/{payment_id}/operations").json()["data"]
    assert (operation["kind"], operation["attempt"], operation["outcome"], operation["amount"]) == ("sale", 1, "approved", 10000)
    assert operation["actor"].startswith("key:") and operation["request_id"].startswith("req_")
    audit = merchant.get(f"/api/v1/payments/{payment_id}/audit").json()["data"]
    [change] = [row for row in audit if row["type"] == "status_change"]
    assert (change["from"], change["to"]) == ("pending", "captured") and change["actor"]


def test_the_list_pages_newest_first_without_gap_or_repeat(merchant):
    made = [merchant.pay(amount=100 + n)["payment_id"] for n in range(7)]
    seen, after = [], ""
    while True:
        page = merchant.get(f"/api/v1/payments?limit=3{after}").json()
        seen += [payment["payment_id"] for payment in page["data"]]
        if not page["has_more"]:
            break
        after = f"&starting_after={page['next_starting_after']}"
    assert seen == made[::-1]


def test_the_list_filters_by_status_and_currency(merchant):
    paid = merchant.pay(currency="EUR")["payment_id"]
    failed = merchant.pay(payment_method="pm_card_visa_chargeDeclined")["payment"]["payment_id"]
    ids = lambda query: [payment["payment_id"] for payment in merchant.get(f"/api/v1/payments?{query}").json()["data"]]
    assert ids("status=captured") == [paid] and ids("status=failed") == [failed]
    assert ids("currency=EUR") == [paid] and ids("currency=JPY") == []


@pytest.mark.parametrize("currency,amount,sent", [("JPY", 500, 500), ("USD", 50, 50), ("KWD", 1230, 1230), ("KRW", 1000, 1000)])
def test_a_08_the_psp_receives_the_amount_in_its_own_minor_units(merchant, simulator, currency, amount, sent):
    answer = merchant.pay(currency=currency, amount=amount)
    assert answer.status == 200, answer.text
    [charge] = simulator.truth(answer["payment_id"])
    assert (charge["amount"], charge["currency"].upper()) == (sent, currency)


def test_an_amount_that_the_psp_cannot_express_is_refused_and_nothing_is_charged(merchant, simulator):
    answer = merchant.pay(currency="KWD", amount=1234)
    assert answer.status == 422, answer.text
    assert simulator.truth(answer["payment"]["payment_id"]) == []
