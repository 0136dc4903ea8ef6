"""Bad input to captures, voids and refunds: a documented status, a message that names the field, no effect."""

import json

import pytest

from harness import json_corpus
from harness.client import new_key
from test_bad_input import CARD_NUMBERS, refused

KINDS = ("capture", "void", "refund")


def path_of(payment_id, kind):
    return f"/api/v1/payments/{payment_id}/{kind}"


def payment_for(merchant, kind, **fields):
    """A payment that allows the operation, with 10000 to take."""
    answer = merchant.pay(capture=kind == "refund", **fields)
    assert answer.status == 200, answer.text
    return answer["payment_id"]


@pytest.fixture
def unchanged(merchant):
    """Payments that must stand at the end as they stood at the beginning."""
    before = {}

    def watch(payment_id):
        before[payment_id] = (merchant.payment(payment_id).text, len(merchant.operations(payment_id)))
        return payment_id
    yield watch
    for payment_id, (document, operations) in before.items():
        assert merchant.payment(payment_id).text == document
        assert len(merchant.operations(payment_id)) == operations, "what the request alone shows wrong stores nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_a_01_malformed_json_is_400_or_413_and_stores_nothing(merchant, unchanged, kind):
    payment_id = unchanged(payment_for(merchant, kind))
    for body in json_corpus.BODIES[1:]:  # no body at all is an empty object here
        refused(merchant.post(path_of(payment_id, kind), body), 400)


@pytest.mark.parametrize("kind", ("capture", "refund"))
@pytest.mark.parametrize("amount", ["0", "-0", "-1", "-10000", "100.0", "1.005", "1e2", '"100"', "null", "true", "[]", "{}",
                                    "9223372036854775808", "-9223372036854775809"])
def test_a_06_an_amount_that_is_no_positive_integer_in_range_is_400(merchant, unchanged, kind, amount):
    payment_id = unchanged(payment_for(merchant, kind))
    answer = merchant.post(path_of(payment_id, kind), f'{{"amount":{amount}}}')
    refused(answer, 400)
    assert "amount" in answer.json().get("pointer", "") + answer["detail"] or "integer" in answer["detail"]


@pytest.mark.parametrize("kind,word", [("capture", "captured"), ("refund", "refunded")])
@pytest.mark.parametrize("amount", [10001, 99999999, 100000000, 9223372036854775807])
def test_a_06_an_amount_above_what_is_there_is_422_and_names_the_most(merchant, simulator, kind, word, amount):
    payment_id = payment_for(merchant, kind)
    before = merchant.payment(payment_id).json()
    answer = merchant.post(path_of(payment_id, kind), {"amount": amount})
    refused(answer, 422, "amount_out_of_range", "/amount")
    assert f"At most 10000 minor units of USD can be {word}." in answer["detail"]
    shown = answer["payment"]
    assert shown.pop("operation")["status"] == "refused" and shown == before
    assert merchant.payment(payment_id).json() == before
    assert kind not in [row["kind"] for row in simulator.truth(payment_id)]


def test_a_06_refunds_together_never_go_above_what_was_captured(merchant):
    payment_id = payment_for(merchant, "refund")
    assert merchant.refund(payment_id, amount=6000).status == 200
    refused(merchant.refund(payment_id, amount=6000), 422, "amount_out_of_range", "/amount")
    assert merchant.refund(payment_id).json()["refunded_amount"] == 10000
    refused(merchant.refund(payment_id), 422, "operation_not_allowed")
    assert [(row["amount"], row["status"]) for row in merchant.refunds(payment_id)] == [(6000, "succeeded"), (4000, "succeeded")]


@pytest.mark.parametrize("kind", ("capture", "refund"))
@pytest.mark.parametrize("currency", ["usd", "XXX", "BTC", "DEM", "", "US", 840, None])
def test_a_07_an_unknown_currency_is_400(merchant, unchanged, kind, currency):
    payment_id = unchanged(payment_for(merchant, kind))
    refused(merchant.post(path_of(payment_id, kind), {"amount": 100, "currency": currency}), 400, pointer="/currency")


@pytest.mark.parametrize("kind", ("capture", "refund"))
def test_a_07_a_currency_that_differs_from_the_payments_is_422_and_the_same_one_is_accepted(merchant, kind):
    payment_id = payment_for(merchant, kind)
    refused(merchant.post(path_of(payment_id, kind), {"amount": 100, "currency": "EUR"}), 422, "currency_mismatch", "/currency")
    assert merchant.post(path_of(payment_id, kind), {"amount": 100, "currency": "USD"}).status == 200


@pytest.mark.parametrize("currency,amount", [("JPY", 1050), ("KRW", 5000), ("KWD", 10500), ("BHD", 12340), ("ISK", 1000), ("UGX", 500000)])
def test_a_08_amounts_of_every_exponent_reach_the_psp_whole(merchant, simulator, currency, amount):
    payment_id = merchant.authorize(amount=amount, currency=currency)["payment_id"]
    assert merchant.capture(payment_id).json()["captured_amount"] == amount
    assert merchant.refund(payment_id).json()["refunded_amount"] == amount
    balance = {row["currency"]: row for row in merchant.get("/api/v1/balance").json()["data"]}
    assert balance[currency]["authorized"] == 0
    assert len({(row["amount"], row["currency"].upper()) for row in simulator.truth(payment_id)}) == 1, "one amount at the PSP"


@pytest.mark.parametrize("kind,field", [("capture", "reason"), ("capture", "amout"), ("capture", "capture"), ("refund", "final"),
                                        ("refund", "payment_id"), ("void", "amount"), ("void", "reason")])
def test_a_10_unknown_fields_are_400_and_named(merchant, unchanged, kind, field):
    payment_id = unchanged(payment_for(merchant, kind))
    refused(merchant.post(path_of(payment_id, kind), {field: 1}), 400, "unknown_field", "/" + field)


@pytest.mark.parametrize("final", ["true", 1, None, "yes"])
def test_final_is_true_or_false(merchant, unchanged, final):
    refused(merchant.capture(unchanged(payment_for(merchant, "capture")), final=final), 400, pointer="/final")


@pytest.mark.parametrize("reason", ["", "x" * 65, "naïve", "line\nbreak", "semi;colon", "<b>", 1, None, ["a"], "\u202e"])
def test_a_reason_of_a_wrong_form_is_400(merchant, unchanged, reason):
    refused(merchant.refund(unchanged(payment_for(merchant, "refund")), amount=100, reason=reason), 400, pointer="/reason")


@pytest.mark.parametrize("reason", ["x" * 64, "duplicate", "customer_request", "Damaged in transit - box 7"])
def test_a_reason_is_kept_as_sent(merchant, reason):
    payment_id = payment_for(merchant, "refund")
    assert merchant.refund(payment_id, amount=100, reason=reason)["operation"]["reason"] == reason
    assert merchant.refunds(payment_id)[0]["reason"] == reason


@pytest.mark.parametrize("number", CARD_NUMBERS)
def test_a_card_number_in_a_reason_is_refused_and_never_echoed_or_logged(merchant, gateway, unchanged, number):
    answer = merchant.refund(unchanged(payment_for(merchant, "refund")), amount=100, reason=f"card {number}")
    refused(answer, 400, "card_number_refused", "/reason")
    assert number not in answer.text and number not in gateway.log()


@pytest.mark.parametrize("kind", KINDS)
def test_a_09_another_merchants_payment_is_the_same_404_as_a_missing_one(gateway, merchant, unchanged, kind):
    stranger, payment_id, key = gateway.merchant_client("Stranger"), unchanged(payment_for(merchant, kind)), new_key()
    missing = payment_id[:-4] + ("0000" if not payment_id.endswith("0000") else "1111")
    strip = lambda answer: {name: value for name, value in answer.json().items() if name != "request_id"}
    theirs, none = stranger.post(path_of(payment_id, kind), {}, key), stranger.post(path_of(missing, kind), {}, key)
    refused(theirs, 404, "not_found")
    assert strip(theirs) == strip(none)
    for odd in ("pay_x", payment_id.upper(), payment_id + "%00", "op_" + payment_id[4:], payment_id[4:]):
        refused(merchant.post(path_of(odd, kind), {}), 404, "not_found")
    refused(stranger.get(f"/api/v1/payments/{payment_id}/refunds"), 404, "not_found")
    assert stranger.pay(key).status == 200, "a 404 claims no key"


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_is_not_declared_as_json_is_415(merchant, unchanged, kind):
    payment_id = unchanged(payment_for(merchant, kind))
    refused(merchant.post(path_of(payment_id, kind), json.dumps({}), Content_Type="text/plain"), 415)


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_behind_a_question_mark_are_refused(merchant, unchanged, kind):
    payment_id = unchanged(payment_for(merchant, kind))
    refused(merchant.post(path_of(payment_id, kind) + "?amount=1", {}), 400, "unknown_field")


def test_multiple_captures_is_asked_for_only_with_an_authorization(merchant):
    refused(merchant.pay(multiple_captures=True), 400, pointer="/multiple_captures")
    refused(merchant.authorize(multiple_captures="yes"), 400, pointer="/multiple_captures")
    assert merchant.pay(multiple_captures=False).status == 200


# (what was done before, what is asked, a word of the way out)
NOT_ALLOWED = [((), "refund", "capture of up to 10000"), (("capture",), "void", "Refund"), (("capture",), "capture", "refund of up to 10000"),
               (("void",), "void", "nothing"), (("void",), "capture", "nothing"), (("void",), "refund", "nothing"),
               (("capture", "refund"), "refund", "nothing"), (("capture", "refund"), "void", "nothing")]


@pytest.mark.parametrize("before,asked,way_out", NOT_ALLOWED)
def test_what_the_state_does_not_allow_is_422_and_says_what_is_allowed_now(merchant, before, asked, way_out):
    payment_id = payment_for(merchant, "capture")
    for kind in before:
        assert merchant.post(path_of(payment_id, kind), {}).status == 200
    answer = merchant.post(path_of(payment_id, asked), {})
    refused(answer, 422, "operation_not_allowed")
    assert way_out in answer["detail"] and "Allowed now:" in answer["detail"]
    operation = answer["payment"]["operation"]
    assert (operation["type"], operation["status"], operation["failure_code"]) == (asked, "refused", "operation_not_allowed")


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_payment_allows_nothing(merchant, kind):
    payment = merchant.pay(payment_method="pm_card_visa_chargeDeclined")["payment"]
    refused(merchant.post(path_of(payment["payment_id"], kind), {}), 422, "operation_not_allowed")


def test_a_payment_that_takes_one_capture_says_so_when_a_second_is_meant(merchant):
    payment_id = payment_for(merchant, "capture")
    answer = merchant.capture(payment_id, amount=4000, final=False)
    refused(answer, 422, "operation_not_allowed")
    assert "one capture" in answer["detail"]
    part = merchant.capture(payment_id, amount=4000)
    assert (part["captured_amount"], part["voided_amount"], part["operation"]["released_amount"]) == (4000, 6000, 6000)
