"""Stripe's official Python library drives the simulator unmodified."""

import urllib.error
import urllib.request

import pytest

from library_calls import CARD, hold, sale


def test_a_sale_is_charged_and_read_back(simulator, library):
    metadata = {"florin_payment": "pay_1", "florin_operation": "op_1", "florin_attempt": "1"}
    paid = sale(library, expand=["latest_charge"], metadata=metadata, description="Tea & <biscuits> „ö“")
    assert (paid.status, paid.amount_received, paid.livemode) == ("succeeded", 1999, False)
    assert paid.latest_charge.paid and paid.latest_charge.captured
    assert paid.latest_charge.outcome.network_status == "approved_by_network"
    assert paid.latest_charge.payment_method_details.card.last4 == "4242"
    read = library.PaymentIntent.retrieve(paid.id)
    assert read.latest_charge == paid.latest_charge.id
    assert read.metadata.to_dict() == metadata
    assert read.description == "Tea & <biscuits> „ö“"
    assert library.Charge.retrieve(paid.latest_charge.id).payment_intent == paid.id
    assert [row["amount"] for row in simulator.truth("pay_1")] == [1999]


def test_create_then_confirm(library):
    created = library.PaymentIntent.create(amount=500, currency="eur", **CARD)
    assert created.status == "requires_payment_method"
    confirmed = library.PaymentIntent.confirm(created.id, payment_method="pm_card_mastercard")
    assert confirmed.status == "succeeded"
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.confirm(created.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_token_becomes_a_payment_method(library):
    data = {"type": "card", "card": {"token": "tok_amex"}}
    paid = sale(library, method=None, payment_method_data=data, expand=["latest_charge"])
    assert paid.payment_method.startswith("pm_1")
    assert paid.latest_charge.payment_method_details.card.brand == "amex"


@pytest.mark.parametrize(
    "method, code, decline_code",
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_radarBlock", "card_declined", "fraudulent"),
    ],
)
def test_a_decline_is_a_card_error_with_its_intent(simulator, library, method, code, decline_code):
    with pytest.raises(library.CardError) as declined:
        sale(library, method)
    error = declined.value.error
    assert (declined.value.http_status, declined.value.code, error.decline_code) == (402, code, decline_code)
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.last_payment_error.code == code
    assert error.charge == error.payment_intent.latest_charge
    assert library.Charge.retrieve(error.charge).failure_code == code
    assert simulator.charged() == 0


def test_a_declined_intent_can_be_paid_with_another_card(simulator, library):
    with pytest.raises(library.CardError) as declined:
        sale(library, "pm_card_visa_chargeDeclined")
    intent = declined.value.error.payment_intent.id
    assert library.PaymentIntent.confirm(intent, payment_method="pm_card_visa").status == "succeeded"
    assert len(simulator.truth(intent)) == 1


def test_a_repeat_is_replayed_and_another_request_refused(simulator, library):
    first = sale(library, idempotency_key="op_1-1", expand=["latest_charge"])
    again = sale(library, idempotency_key="op_1-1", expand=["latest_charge"])
    assert again.last_response.body == first.last_response.body
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    with pytest.raises(library.IdempotencyError):
        sale(library, idempotency_key="op_1-1", amount=2000)
    assert simulator.charged() == 1


def test_lists_page_through_everything_newest_first(library):
    made = [library.PaymentIntent.create(amount=1000 + i, currency="usd", **CARD).id for i in range(7)]
    listed = [intent.id for intent in library.PaymentIntent.list(limit=3).auto_paging_iter()]
    assert listed == made[::-1]
    backwards = library.PaymentIntent.list(limit=3, ending_before=made[2])
    assert [intent.id for intent in backwards] == [made[5], made[4], made[3]]
    assert backwards.has_more
    created = library.PaymentIntent.retrieve(made[0]).created
    assert len(library.PaymentIntent.list(created={"gte": created}).data) == 7
    assert library.PaymentIntent.list(created={"lt": created}).data == []


def test_a_listed_charge_can_be_expanded(library):
    held = hold(library)
    [listed] = library.PaymentIntent.list(limit=1, expand=["data.latest_charge"])
    assert listed == held
    assert listed.latest_charge.payment_method_details.card.capture_before > held.created


@pytest.mark.parametrize("path", ["latest_charge", "data", "data.amount", "data.latest_charge.refunds.data.charge.refunds"])
def test_a_list_expands_only_what_its_items_have(library, path):
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.list(expand=[path])
    assert refused.value.http_status == 400 and path in refused.value.user_message


def test_update_and_cancel(library):
    created = library.PaymentIntent.create(amount=500, currency="usd", metadata={"a": "1", "b": "2"}, **CARD)
    updated = library.PaymentIntent.modify(created.id, metadata={"a": "", "c": "3"}, description="new")
    assert (updated.metadata.to_dict(), updated.description) == ({"b": "2", "c": "3"}, "new")
    canceled = library.PaymentIntent.cancel(created.id, cancellation_reason="abandoned")
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.cancel(created.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.id == created.id


@pytest.mark.parametrize(
    "changes, code, param",
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"shipping": {"colour": "red"}}, "parameter_unknown", "shipping[colour]"),
        ({"amount": None}, "parameter_missing", "amount"),
        ({"currency": None}, "parameter_missing", "currency"),
        ({"amount": "10.00"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"amount": 1001, "currency": "kwd"}, "invalid_charge_amount", "amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"method": "pm_nobody"}, "resource_missing", "payment_method"),
        ({"capture_method": "later"}, None, "capture_method"),
        ({"return_url": "nowhere"}, "url_invalid", "return_url"),
        ({"statement_descriptor": "TEA"}, None, "statement_descriptor"),
        ({"confirm": False, "return_url": "https://shop.example/back"}, None, "return_url"),
        ({"payment_method_types": None}, None, "return_url"),
    ],
)
def test_parameters_are_as_strict_as_stripes(simulator, library, changes, code, param):
    with pytest.raises(library.InvalidRequestError) as refused:
        sale(library, **changes)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert simulator.charged() == 0


def test_unknown_objects_and_keys(simulator, library):
    with pytest.raises(library.InvalidRequestError) as missing:
        library.PaymentIntent.retrieve("pi_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(library.AuthenticationError):
        library.PaymentIntent.retrieve("pi_nobody", api_key="sk_live_florin")
    simulator.settings(revoked_key="sk_test_old")
    with pytest.raises(library.AuthenticationError):
        library.PaymentIntent.list(api_key="sk_test_old")
    assert simulator.stripe("GET", "/v1/payment_intents", secret=None).status == 401
    basic = simulator.stripe("GET", "/v1/payment_intents", secret=None, Authorization="Basic c2tfdGVzdF9mbG9yaW46")
    assert basic.status == 200


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def decide(intent, decision):
    """Presses a button of the issuer's page and gives back where the payer is sent."""
    page = intent.next_action.redirect_to_url.url
    assert f'/{decision}"' in urllib.request.urlopen(page).read().decode()
    with pytest.raises(urllib.error.HTTPError) as moved:
        urllib.request.build_opener(StayHere).open(f"{page}/{decision}", data=b"")
    assert moved.value.code == 303
    return moved.value.headers["Location"]


def challenged(library, **changes):
    intent = sale(library, "pm_card_threeDSecure2Required", return_url="https://shop.example/back?order=7", **changes)
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    return intent


def test_an_approved_challenge_pays(simulator, library):
    intent = challenged(library)
    assert simulator.charged() == 0
    place = decide(intent, "approve")
    assert place.startswith(f"https://shop.example/back?order=7&payment_intent={intent.id}&")
    assert f"&payment_intent_client_secret={intent.client_secret}&" in place
    assert place.endswith("redirect_status=succeeded")
    paid = library.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    assert paid.status == "succeeded"
    assert paid.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert simulator.send("POST", f"/_simulator/3ds/{intent.id}/deny").status == 303
    assert library.PaymentIntent.retrieve(intent.id).status == "succeeded"
    assert simulator.charged() == 1


def test_a_denied_challenge_asks_for_another_method(simulator, library):
    intent = challenged(library)
    assert decide(intent, "deny").endswith("redirect_status=failed")
    failed = library.PaymentIntent.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert simulator.charged() == 0


def test_an_abandoned_challenge_ends_by_itself(simulator, library):
    intent = challenged(library)
    simulator.control("POST", "clock", {"advance_ms": 3_600_000})
    ended = library.PaymentIntent.retrieve(intent.id)
    assert (ended.status, ended.cancellation_reason) == ("canceled", "automatic")
    assert simulator.send("POST", f"/_simulator/3ds/{intent.id}/approve").status == 303
    assert simulator.charged() == 0


@pytest.mark.parametrize("extra", [{"off_session": True}, {"error_on_requires_action": True}])
def test_nobody_to_challenge_is_a_decline(library, extra):
    with pytest.raises(library.CardError) as declined:
        sale(library, "pm_card_authenticationRequired", **extra)
    assert declined.value.code == "authentication_required"
