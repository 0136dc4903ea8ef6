"""Refunds through Stripe's official library, unmodified."""

import pytest

from library_calls import hold, sale


def test_a_full_refund(simulator, library):
    paid = sale(library, metadata={"florin_payment": "pay_1"})
    refund = library.Refund.create(
        payment_intent=paid.id, reason="requested_by_customer", metadata={"florin_operation": "op_2"}
    )
    assert (refund.object, refund.status, refund.amount, refund.currency) == ("refund", "succeeded", 1999, "usd")
    assert (refund.payment_intent, refund.charge) == (paid.id, paid.latest_charge)
    assert refund.reason == "requested_by_customer"
    charge = library.Charge.retrieve(paid.latest_charge, expand=["refunds"])
    assert (charge.refunded, charge.amount_refunded, charge.amount_captured) == (True, 1999, 1999)
    assert [one.id for one in charge.refunds.data] == [refund.id]
    assert library.Refund.retrieve(refund.id).metadata.to_dict() == {"florin_operation": "op_2"}
    assert simulator.kinds("pay_1") == [("charge", 1999, "succeeded"), ("refund", 1999, "succeeded")]
    assert [(row["id"], row["payment_id"]) for row in simulator.truth("op_2")] == [(refund.id, "pay_1")]
    assert [row["kind"] for row in simulator.truth(refund.id)] == ["refund"]
    with pytest.raises(library.InvalidRequestError) as again:
        library.Refund.create(payment_intent=paid.id)
    assert again.value.code == "charge_already_refunded"


def test_refunds_in_parts_never_exceed_what_was_captured(simulator, library):
    held = hold(library)
    library.PaymentIntent.capture(held.id, amount_to_capture=600)
    library.Refund.create(charge=held.latest_charge.id, amount=250)
    with pytest.raises(library.InvalidRequestError) as too_much:
        library.Refund.create(charge=held.latest_charge.id, amount=351)
    assert "greater than unrefunded amount on charge" in str(too_much.value)
    assert (too_much.value.http_status, too_much.value.param) == (400, "amount")
    assert library.Refund.create(payment_intent=held.id).amount == 350
    [authorization] = [row for row in simulator.truth(held.id) if row["kind"] == "authorize"]
    assert (authorization["captured"], authorization["refunded"]) == (600, 600)


@pytest.mark.parametrize(
    "arguments, code, param",
    [
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": "1.5"}, "parameter_invalid_integer", "amount"),
        ({"reason": "regret"}, None, "reason"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_intent": None}, "parameter_missing", None),
        ({"charge": "ch_1"}, "parameters_exclusive", "charge"),
    ],
)
def test_refunds_are_as_strict_as_stripes(simulator, library, arguments, code, param):
    paid = sale(library)
    asked = {"payment_intent": paid.id, **arguments}
    with pytest.raises(library.InvalidRequestError) as refused:
        library.Refund.create(**{name: value for name, value in asked.items() if value is not None})
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert [row["refunded"] for row in simulator.truth(paid.id)] == [0]


def test_only_what_was_captured_can_be_refunded(library):
    with pytest.raises(library.InvalidRequestError) as held:
        library.Refund.create(payment_intent=hold(library).id)
    assert "does not have a successful charge to refund" in str(held.value)
    canceled = hold(library)
    library.PaymentIntent.cancel(canceled.id)
    with pytest.raises(library.InvalidRequestError) as released:
        library.Refund.create(payment_intent=canceled.id)
    assert released.value.code == "charge_already_refunded"
    for name in ({"payment_intent": "pi_nobody"}, {"charge": "ch_nobody"}):
        with pytest.raises(library.InvalidRequestError) as missing:
            library.Refund.create(**name)
        assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(library.InvalidRequestError) as unknown:
        library.Refund.retrieve("re_nobody")
    assert unknown.value.http_status == 404


def test_a_refund_is_replayed_and_another_one_with_its_key_refused(simulator, library):
    paid = sale(library)
    first = library.Refund.create(payment_intent=paid.id, amount=10, idempotency_key="op_2")
    library.Refund.create(payment_intent=paid.id, amount=20, idempotency_key="op_3")
    again = library.Refund.create(payment_intent=paid.id, amount=10, idempotency_key="op_2")
    assert again.last_response.body == first.last_response.body
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(library.IdempotencyError):
        library.Refund.create(payment_intent=paid.id, amount=11, idempotency_key="op_2")
    assert [row["refunded"] for row in simulator.truth(paid.id)] == [30, 10, 20]
    assert [row["amount"] for row in simulator.truth("op_3")] == [20]


def test_a_refund_that_is_pending_succeeds_later(simulator, library):
    simulator.settings(refund_delay_ms=60_000)
    paid = sale(library, "pm_card_pendingRefund")
    refund = library.Refund.create(payment_intent=paid.id)
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert simulator.kinds(refund.id) == [("refund", 1999, "pending")]
    simulator.advance(60_000)
    assert library.Refund.retrieve(refund.id).status == "succeeded"


def test_a_refund_that_succeeded_fails_later(simulator, library):
    simulator.settings(refund_delay_ms=60_000)
    paid = sale(library, "pm_card_refundFail")
    refund = library.Refund.create(payment_intent=paid.id)
    assert refund.status == "succeeded"
    simulator.advance(60_000)
    failed = library.Refund.retrieve(refund.id, expand=["charge"])
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (failed.charge.refunded, failed.charge.amount_refunded) == (False, 0)
    assert [(row["kind"], row["status"], row["refunded"]) for row in simulator.truth(paid.id)] == [
        ("charge", "succeeded", 0),
        ("refund", "failed", 0),
    ]
    assert library.Refund.create(payment_intent=paid.id).status == "succeeded"


def test_refunds_are_listed_newest_first(simulator, library):
    first, second = sale(library), sale(library)
    made = [library.Refund.create(payment_intent=(first, second)[i % 2].id, amount=10 + i).id for i in range(7)]
    assert [refund.id for refund in library.Refund.list(limit=3).auto_paging_iter()] == made[::-1]
    assert [one.id for one in library.Refund.list(payment_intent=first.id).data] == made[::-2]
    assert [one.id for one in library.Refund.list(charge=second.latest_charge).data] == made[-2::-2]
    backwards = library.Refund.list(limit=3, ending_before=made[2])
    assert ([one.id for one in backwards.data], backwards.has_more) == ([made[5], made[4], made[3]], True)
    created = library.Refund.retrieve(made[0]).created
    assert len(library.Refund.list(created={"gte": created}).data) == 7
    assert library.Refund.list(created={"lt": created}).data == []
    assert library.Refund.list(payment_intent="pi_nobody").data == []
    [expanded] = library.Refund.list(limit=1, expand=["data.payment_intent"]).data
    assert expanded.payment_intent.id == first.id


def test_lists_and_reads_of_refunds_lag_behind(simulator, library):
    paid = sale(library)
    simulator.settings(read_lag_ms=60_000)
    simulator.advance(60_000)
    refund = library.Refund.create(payment_intent=paid.id)
    assert library.Refund.list(payment_intent=paid.id).data == []
    assert library.PaymentIntent.retrieve(paid.id, expand=["latest_charge"]).latest_charge.amount_refunded == 0
    with pytest.raises(library.InvalidRequestError):
        library.Refund.retrieve(refund.id)
    simulator.advance(30_000)
    library.Refund.modify(refund.id, metadata={"a": "b"})
    simulator.advance(30_000)
    assert [one.metadata.to_dict() for one in library.Refund.list(payment_intent=paid.id).data] == [{}]
    simulator.advance(30_000)
    assert library.Refund.retrieve(refund.id).metadata.to_dict() == {"a": "b"}
