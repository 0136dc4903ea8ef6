"""The simulator's webhooks are Stripe's: its official library verifies each, and the life of a payment is told in full."""

import time

import pytest
import stripe

from library_calls import hold, sale
from running_simulator import wait_until
from webhook_receiver import SECRET

SALE = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
HOLD = ["payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated"]
RELEASE = ["refund.created", "charge.refunded"]


def verified(webhook, secret=SECRET):
    return stripe.Webhook.construct_event(webhook.body, webhook.signature, secret)


def test_a_sale_is_told_in_events_that_stripes_library_verifies(library, receiver):
    metadata = {"florin_payment": "pay_1", "florin_operation": "op_1"}
    paid = sale(library, metadata=metadata, idempotency_key="op_1-1", description="Tea & <biscuits> „ö“")
    events = [verified(webhook) for webhook in receiver.wait(3)]
    assert [event.type for event in events] == SALE
    assert len({event.id for event in events}) == 3
    for event in events:
        assert (event.object, event.livemode, event.api_version[:4]) == ("event", False, "2026")
        assert event.id.startswith("evt_") and abs(event.created - time.time()) < 60
        assert event.request.idempotency_key == "op_1-1"
        assert event.request.id == paid.last_response.request_id
    created, charged, succeeded = (event.data.object for event in events)
    assert (created.status, created.latest_charge, created.amount_received) == ("requires_confirmation", None, 0)
    assert (charged.id, charged.payment_intent, charged.amount_captured) == (paid.latest_charge, paid.id, 1999)
    assert succeeded.to_dict() == library.PaymentIntent.retrieve(paid.id).to_dict()
    assert succeeded.metadata.to_dict() == metadata


def decline(library):
    with pytest.raises(stripe.CardError):
        sale(library, method="pm_card_visa_chargeDeclined")


def capture_a_part(library):
    library.PaymentIntent.capture(hold(library).id, amount_to_capture=400)


def capture_twice(library):
    several = {"card": {"request_multicapture": "if_available"}}
    held = hold(library, payment_method_options=several)
    library.PaymentIntent.capture(held.id, amount_to_capture=400, final_capture=False)
    library.PaymentIntent.capture(held.id, amount_to_capture=600)


def challenge(library):
    sale(library, method="pm_card_threeDSecure2Required")


def deny(library):
    waiting = sale(library, method="pm_card_threeDSecure2Required")
    library.simulator.send("POST", f"/_simulator/3ds/{waiting.id}/deny")


def let_expire(library):
    hold(library)
    library.simulator.advance(8 * 86_400_000)


def refund(method):
    def run(library):
        paid = sale(library, method=method)
        library.Refund.create(payment_intent=paid.id, amount=500)
        library.simulator.advance(10_000)
    return run


@pytest.mark.parametrize("run, told", [
    (sale, SALE),
    (hold, HOLD),
    (decline, ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]),
    (lambda library: library.PaymentIntent.capture(hold(library).id),
     HOLD + ["charge.captured", "payment_intent.succeeded"]),
    (capture_a_part, HOLD + ["charge.captured", "payment_intent.succeeded"] + RELEASE),
    (capture_twice, HOLD + ["charge.captured", "payment_intent.amount_capturable_updated",
                            "charge.captured", "payment_intent.succeeded"]),
    (lambda library: library.PaymentIntent.cancel(hold(library).id), HOLD + ["payment_intent.canceled"] + RELEASE),
    (let_expire, HOLD + ["payment_intent.canceled", "charge.expired"] + RELEASE),
    (challenge, ["payment_intent.created", "payment_intent.requires_action"]),
    (deny, ["payment_intent.created", "payment_intent.requires_action", "payment_intent.payment_failed"]),
    (refund("pm_card_visa"), SALE + ["refund.created", "charge.refunded"]),
    (refund("pm_card_pendingRefund"), SALE + ["refund.created", "charge.refunded", "refund.updated"]),
    (refund("pm_card_refundFail"), SALE + ["refund.created", "charge.refunded", "refund.updated", "refund.failed"]),
], ids=["sale", "hold", "decline", "capture", "part", "several", "cancel", "expiry", "challenge", "denied", "refund",
        "pending refund", "failed refund"])
def test_each_life_is_told(simulator, library, receiver, run, told):
    library.simulator = simulator
    run(library)
    receiver.wait(len(told))
    assert simulator.events()["waiting"] == 0
    assert receiver.types() == told
    assert all(verified(webhook) for webhook in receiver.got)


def test_previous_attributes_tell_what_changed(simulator, library, receiver):
    paid = sale(library, method="pm_card_refundFail")
    library.Refund.create(payment_intent=paid.id)
    simulator.advance(10_000)
    assert receiver.of_type("refund.failed").event["data"]["previous_attributes"] == {"status": "succeeded"}
    library.PaymentIntent.capture(hold(library).id)
    captured = receiver.of_type("charge.captured")
    assert captured.event["data"]["previous_attributes"] == {"amount_captured": 0, "captured": False}
    by_itself = receiver.of_type("refund.failed").event["request"]
    assert by_itself == {"id": None, "idempotency_key": None}


def test_a_replayed_key_and_a_read_tell_nothing(simulator, library, receiver):
    for _ in range(2):
        paid = sale(library, idempotency_key="k")
    library.PaymentIntent.retrieve(paid.id)
    receiver.wait(3)
    sale(library)
    assert len(receiver.wait(6)) == 6


def test_both_secrets_sign_while_one_replaces_the_other(simulator, library, receiver):
    simulator.settings(webhook_secret=["whsec_new", "whsec_old"])
    sale(library)
    webhook = receiver.wait(3)[0]
    assert webhook.signature.count(",v1=") == 2
    assert verified(webhook, "whsec_new") and verified(webhook, "whsec_old")
    with pytest.raises(stripe.SignatureVerificationError):
        verified(webhook)


def test_deliveries_go_on_until_2xx(simulator, library, receiver):
    answers = iter([500, 301, 404, 200, 200, 200])
    receiver.answer = lambda webhook: next(answers)
    simulator.settings(webhook_connections=1)
    paid = sale(library)
    wait_until(lambda: [event["state"] for event in simulator.events(paid.id)["data"]] == ["delivered"] * 3)
    tries = [(event["tries"], event["last_status"]) for event in simulator.events(paid.id)["data"]]
    assert sum(count for count, _ in tries) == 6 and {status for _, status in tries} == {200}


def test_pauses_between_tries_grow(simulator, library, receiver):
    receiver.answer = lambda webhook: 503
    simulator.settings(webhook_retry_ms=60_000)
    paid = sale(library)

    def tries():
        shown = simulator.events(paid.id)
        return {event["tries"] for event in shown["data"]} if shown["sending"] == 0 else None

    for count, pause_s in [(1, 60), (2, 120), (3, 240)]:
        wait_until(lambda: tries() == {count})
        simulator.advance(pause_s * 1_000 - 20_000)
        assert tries() == {count}
        simulator.advance(20_000)
    wait_until(lambda: tries() == {4})


def test_connections_are_kept_and_renewed(simulator, library, receiver):
    for _ in range(5):
        sale(library)
    receiver.wait(15)
    assert len({webhook.connection for webhook in receiver.got}) == 1
    receiver.answer = lambda webhook: time.sleep(1) or 200
    simulator.settings(webhook_timeout_ms=100)
    paid = sale(library)
    wait_until(lambda: simulator.events(paid.id)["data"][0]["tries"] >= 2)
    simulator.settings(webhook_timeout_ms=10_000)
    wait_until(lambda: {event["state"] for event in simulator.events(paid.id)["data"]} == {"delivered"})


def test_a_receiver_that_is_away_gets_them_when_it_is_back(simulator, library, receiver):
    simulator.settings(webhook_url="http://127.0.0.1:9/nobody")
    paid = sale(library)
    wait_until(lambda: all(event["tries"] >= 2 for event in simulator.events(paid.id)["data"]))
    assert {event["last_status"] for event in simulator.events(paid.id)["data"]} == {0}
    simulator.settings(webhook_url=receiver.url)
    assert len(receiver.wait(3)) == 3


def test_a_restart_tells_nothing_old_and_goes_on_with_the_new(simulator, library, receiver):
    simulator.settings(webhook_hold=True)
    paid = sale(library)
    assert simulator.events()["held"] == 3
    simulator.restart()
    simulator.settings(webhook_url=receiver.url, webhook_secret=SECRET, webhook_connections=1)
    library.Refund.create(payment_intent=paid.id)
    receiver.wait(2)
    assert receiver.types() == ["refund.created", "charge.refunded"]


def test_nothing_is_told_while_nobody_listens(simulator, library):
    sale(library)
    assert simulator.events()["data"] == []
