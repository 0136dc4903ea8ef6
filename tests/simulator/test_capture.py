"""Authorize, capture and cancel through Stripe's official library, unmodified."""

import time

import pytest

from library_calls import SEVERAL, hold, sale

DAY_MS = 86_400_000


def operation(number):
    return {"florin_payment": "pay_1", "florin_operation": f"op_{number}"}


def test_an_authorization_holds_and_says_until_when(simulator, library):
    held = hold(library, metadata=operation(1))
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 1000, 0)
    charge = held.latest_charge
    assert (charge.captured, charge.amount_captured, charge.paid) == (False, 0, True)
    left = charge.payment_method_details.card.capture_before - time.time()
    assert 7 * 86_400 - 3_600 < left <= 7 * 86_400
    assert charge.payment_method_details.card.multicapture.status == "unavailable"
    assert simulator.kinds("pay_1") == [("authorize", 1000, "authorized")]
    assert library.PaymentIntent.retrieve(sale(library).id, expand=["latest_charge"]).latest_charge.captured


def test_a_full_capture(simulator, library):
    held = hold(library, metadata=operation(1))
    taken = library.PaymentIntent.capture(held.id, metadata=operation(2), expand=["latest_charge"])
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 1000)
    charge = taken.latest_charge
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 1000, 0)
    assert taken.metadata.to_dict() == operation(2)
    rows = simulator.truth("pay_1")
    assert [(row["kind"], row["operation_id"]) for row in rows] == [("authorize", "op_1"), ("capture", "op_2")]
    assert (rows[0]["captured"], rows[0]["status"]) == (1000, "captured")
    assert [row["kind"] for row in simulator.truth("op_2")] == ["capture"]
    assert [row["kind"] for row in simulator.truth("op_1")] == ["authorize"]


def test_a_partial_capture_is_final_and_releases_the_rest(simulator, library):
    held = hold(library)
    taken = library.PaymentIntent.capture(held.id, amount_to_capture=600, expand=["latest_charge.refunds"])
    assert (taken.status, taken.amount, taken.amount_received) == ("succeeded", 1000, 600)
    charge = taken.latest_charge
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (600, 400, False)
    assert [(refund.amount, refund.metadata.to_dict()) for refund in charge.refunds.data] == [(400, {})]
    with pytest.raises(library.InvalidRequestError) as twice:
        library.PaymentIntent.capture(held.id, amount_to_capture=1)
    assert twice.value.code == "payment_intent_unexpected_state"
    assert twice.value.error.payment_intent.amount_received == 600
    assert simulator.kinds(held.id) == [("authorize", 1000, "captured"), ("capture", 600, "succeeded")]


def test_several_captures_until_the_final_one(simulator, library):
    held = hold(library, payment_method_options=SEVERAL)
    assert held.latest_charge.payment_method_details.card.multicapture.status == "available"
    for number, key in enumerate(("op_a", "op_b", "op_c")):
        intent = library.PaymentIntent.capture(
            held.id, amount_to_capture=300, final_capture=key == "op_c", metadata={key: "300"}
        )
        received = 300 * (number + 1)
        is_open = key != "op_c"
        assert (intent.amount_received, intent.amount_capturable) == (received, 1000 - received if is_open else 0)
        assert intent.status == ("requires_capture" if is_open else "succeeded")
    assert intent.metadata.to_dict() == {"op_a": "300", "op_b": "300", "op_c": "300"}
    assert [row["operation_id"] for row in simulator.truth(held.id)[1:]] == ["op_a", "op_b", "op_c"]
    assert library.PaymentIntent.retrieve(held.id, expand=["latest_charge"]).latest_charge.amount_refunded == 100


def test_the_rest_after_several_captures_is_released_by_a_final_capture_of_nothing(library):
    held = hold(library, payment_method_options=SEVERAL)
    library.PaymentIntent.capture(held.id, amount_to_capture=300, final_capture=False)
    ended = library.PaymentIntent.capture(held.id, amount_to_capture=0)
    assert (ended.status, ended.amount_received, ended.amount_capturable) == ("succeeded", 300, 0)


@pytest.mark.parametrize(
    "method, status",
    [("pm_card_amex", "available"), ("pm_card_jcb", "unavailable"), ("pm_card_unionpay", "unavailable")],
)
def test_several_captures_need_a_scheme_that_has_them(library, method, status):
    held = hold(library, method, payment_method_options=SEVERAL)
    assert held.latest_charge.payment_method_details.card.multicapture.status == status
    if status == "available":
        assert library.PaymentIntent.capture(held.id, amount_to_capture=1, final_capture=False).amount_received == 1
        return
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.capture(held.id, amount_to_capture=1, final_capture=False)
    assert refused.value.param == "final_capture"


@pytest.mark.parametrize(
    "arguments, code, param",
    [
        ({"amount_to_capture": 1001}, "amount_too_large", "amount_to_capture"),
        ({"amount_to_capture": 0}, "parameter_invalid_integer", "amount_to_capture"),
        ({"amount_to_capture": -1}, "parameter_invalid_integer", "amount_to_capture"),
        ({"amount_to_capture": "ten"}, "parameter_invalid_integer", "amount_to_capture"),
        ({"amount": 10}, "parameter_unknown", "amount"),
        ({"final_capture": False}, None, "final_capture"),
        ({"statement_descriptor": "TEA"}, None, "statement_descriptor"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
    ],
)
def test_captures_are_as_strict_as_stripes(simulator, library, arguments, code, param):
    held = hold(library)
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.capture(held.id, **arguments)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert simulator.kinds(held.id) == [("authorize", 1000, "authorized")]


def test_only_what_is_held_can_be_captured(simulator, library):
    with pytest.raises(library.InvalidRequestError) as missing:
        library.PaymentIntent.capture("pi_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(library.InvalidRequestError) as taken:
        library.PaymentIntent.capture(sale(library).id)
    assert taken.value.code == "payment_intent_unexpected_state"


def test_a_capture_is_replayed_and_another_one_with_its_key_refused(simulator, library):
    held = hold(library)
    first = library.PaymentIntent.capture(held.id, amount_to_capture=600, idempotency_key="op_2-1")
    library.PaymentIntent.modify(held.id, description="changed since")
    again = library.PaymentIntent.capture(held.id, amount_to_capture=600, idempotency_key="op_2-1")
    assert again.last_response.body == first.last_response.body
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(library.IdempotencyError):
        library.PaymentIntent.capture(held.id, amount_to_capture=700, idempotency_key="op_2-1")
    assert len(simulator.kinds(held.id)) == 2


def test_cancelling_gives_everything_back(simulator, library):
    held = hold(library, metadata=operation(1))
    ended = library.PaymentIntent.cancel(
        held.id, cancellation_reason="requested_by_customer", idempotency_key="op_2", expand=["latest_charge"]
    )
    assert (ended.status, ended.cancellation_reason) == ("canceled", "requested_by_customer")
    assert (ended.amount_capturable, ended.amount_received) == (0, 0)
    assert (ended.latest_charge.refunded, ended.latest_charge.amount_refunded) == (True, 1000)
    assert simulator.kinds("pay_1") == [("authorize", 1000, "voided"), ("void", 1000, "succeeded")]
    assert [row["kind"] for row in simulator.truth("op_2")] == ["void"]
    for refused in (library.PaymentIntent.capture, library.PaymentIntent.cancel):
        with pytest.raises(library.InvalidRequestError) as late:
            refused(held.id)
        assert late.value.code == "payment_intent_unexpected_state"


def test_cancelling_after_some_captures_gives_back_the_rest(simulator, library):
    held = hold(library, payment_method_options=SEVERAL)
    library.PaymentIntent.capture(held.id, amount_to_capture=300, final_capture=False)
    ended = library.PaymentIntent.cancel(held.id, expand=["latest_charge"])
    assert (ended.status, ended.amount_received, ended.amount_capturable) == ("succeeded", 300, 0)
    assert (ended.latest_charge.amount_captured, ended.latest_charge.amount_refunded) == (300, 700)
    assert simulator.kinds(held.id)[1:] == [("capture", 300, "succeeded"), ("void", 700, "succeeded")]
    assert library.Refund.create(payment_intent=held.id).amount == 300


def test_cancel_takes_no_metadata(library):
    with pytest.raises(library.InvalidRequestError) as refused:
        library.PaymentIntent.cancel(hold(library).id, metadata={"a": "b"})
    assert refused.value.code == "parameter_unknown"


def test_an_authorization_expires_by_the_clock(simulator, library):
    held = hold(library, metadata=operation(1))
    simulator.advance(7 * DAY_MS - 3_600_000)
    assert library.PaymentIntent.retrieve(held.id).status == "requires_capture"
    simulator.advance(3_600_000)
    ended = library.PaymentIntent.retrieve(held.id, expand=["latest_charge.refunds"])
    assert (ended.status, ended.cancellation_reason) == ("canceled", "automatic")
    assert [refund.reason for refund in ended.latest_charge.refunds.data] == ["expired_uncaptured_charge"]
    assert simulator.kinds("pay_1") == [("authorize", 1000, "expired"), ("void", 1000, "expired")]
    with pytest.raises(library.InvalidRequestError) as late:
        library.PaymentIntent.capture(held.id)
    assert late.value.code == "payment_intent_unexpected_state"


def test_after_some_captures_only_the_rest_expires(simulator, library):
    held = hold(library, payment_method_options=SEVERAL)
    library.PaymentIntent.capture(held.id, amount_to_capture=300, final_capture=False)
    simulator.advance(7 * DAY_MS)
    ended = library.PaymentIntent.retrieve(held.id)
    assert (ended.status, ended.amount_received, ended.amount_capturable) == ("succeeded", 300, 0)
    assert simulator.kinds(held.id)[1:] == [("capture", 300, "succeeded"), ("void", 700, "expired")]


def test_an_expired_authorization_cannot_be_captured_before_it_is_canceled_either(simulator, library):
    simulator.settings(authorization_life_ms=60_000, expiry_delay_ms=60_000)
    held = hold(library)
    simulator.advance(61_000)
    with pytest.raises(library.InvalidRequestError) as late:
        library.PaymentIntent.capture(held.id)
    assert late.value.code == "charge_expired_for_capture"
    assert late.value.error.payment_intent.status == "requires_capture"
    simulator.advance(60_000)
    assert library.PaymentIntent.retrieve(held.id).status == "canceled"


def test_what_was_captured_in_time_does_not_expire(simulator, library):
    held = hold(library)
    library.PaymentIntent.capture(held.id)
    simulator.advance(8 * DAY_MS)
    assert library.PaymentIntent.retrieve(held.id).status == "succeeded"


def test_authorize_by_the_option_of_the_card_and_by_confirming(simulator, library):
    by_option = hold(library, capture_method=None, payment_method_options={"card": {"capture_method": "manual"}})
    assert by_option.status == "requires_capture"
    created = library.PaymentIntent.create(
        amount=500, currency="eur", payment_method_types=["card"], capture_method="manual"
    )
    assert library.PaymentIntent.confirm(created.id, payment_method="pm_card_visa").amount_capturable == 500
