"""What Stripe warns of and what an attacker does: late, lost, twice, in any order, tampered."""

import json
import threading

import pytest
import stripe

from library_calls import hold, sale
from running_simulator import wait_until
from webhook_receiver import SECRET

SUCCEEDED = {"event_type": "payment_intent.succeeded"}


def verified(webhook):
    return stripe.Webhook.construct_event(webhook.body, webhook.signature, SECRET)


def test_before_the_api_answer(simulator, library, receiver):
    simulator.settings(webhook_before_answer=True)
    answered, told = threading.Event(), []
    receiver.answer = lambda webhook: told.append(answered.is_set()) or 200
    sale(library)
    answered.set()
    assert told == [False, False, False]
    assert library.PaymentIntent.list(limit=1).data


def test_the_answer_does_not_wait_for_what_is_late_or_lost(simulator, library, receiver):
    simulator.settings(webhook_before_answer=True)
    simulator.fault("drop", operation="webhook", match=SUCCEEDED)
    simulator.fault("delay", operation="webhook", delay_ms=3_600_000, match={"event_type": "charge.succeeded"})
    sale(library)
    assert receiver.types() == ["payment_intent.created"]


def test_duplicates_come_at_the_same_time(simulator, library, receiver):
    simulator.settings(webhook_connections=8)
    together = threading.Barrier(5)
    receiver.answer = lambda webhook: (together.wait(20) if webhook.type == SUCCEEDED["event_type"] else 0) and 200 or 200
    fault = simulator.fault("duplicate", operation="webhook", copies=4, match=SUCCEEDED)
    sale(library)
    receiver.wait(7)
    wait_until(lambda: simulator.events()["sending"] == 0)
    same = [webhook.body for webhook in receiver.got if webhook.type == SUCCEEDED["event_type"]]
    assert (len(same), len(set(same)), simulator.hits(fault)) == (5, 1, 1)


def test_duplicates_with_an_id_of_their_own(simulator, library, receiver):
    simulator.fault("duplicate_new_id", operation="webhook", copies=2, match=SUCCEEDED)
    sale(library)
    same = [verified(webhook) for webhook in receiver.wait(5) if webhook.type == SUCCEEDED["event_type"]]
    assert len({event.id for event in same}) == 3
    assert len({json.dumps(event.data.object.to_dict(), sort_keys=True) for event in same}) == 1


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_another_order(simulator, library, receiver, order):
    simulator.settings(webhook_order=order, webhook_gather_ms=3_600_000)
    paid = sale(library)
    library.Refund.create(payment_intent=paid.id)
    simulator.settings(webhook_gather_ms=0)
    receiver.wait(5)
    happened = [event["type"] for event in simulator.events()["data"]]
    assert receiver.types() != happened and sorted(receiver.types()) == sorted(happened)
    assert order == "shuffled" or receiver.types() == happened[::-1]


def test_any_order_by_hand(simulator, library, receiver):
    simulator.settings(webhook_hold=True)
    hold(library)
    ids = [event["id"] for event in simulator.events()["data"]]
    wanted = [ids[2], ids[0]]
    assert simulator.control("POST", "events/release", {"ids": wanted}) == {"released": 2}
    assert [webhook.event["id"] for webhook in receiver.wait(2)] == wanted
    assert simulator.send("POST", "/_simulator/events/release", json.dumps({"ids": wanted})).status == 400
    assert simulator.control("POST", "events/release", {}) == {"released": 1}
    assert receiver.wait(3)[2].event["id"] == ids[1]


def test_lost_and_sent_again_by_hand(simulator, library, receiver):
    simulator.fault("drop", operation="webhook", match=SUCCEEDED)
    paid = sale(library, metadata={"florin_payment": "pay_1"})
    receiver.wait(2)
    lost = [event for event in simulator.events("pay_1")["data"] if event["state"] == "dropped"]
    assert [(event["type"], event["tries"], event["payment_intent"]) for event in lost] == [
        ("payment_intent.succeeded", 0, paid.id)]
    simulator.control("POST", f"events/{lost[0]['id']}/resend")
    assert verified(receiver.wait(3)[2]).id == lost[0]["id"]
    assert simulator.send("POST", "/_simulator/events/evt_0/resend").status == 404


def test_days_late_and_still_signed_freshly(simulator, library, receiver):
    simulator.fault("delay", operation="webhook", delay_ms=3 * 86_400_000, match=SUCCEEDED)
    sale(library)
    receiver.wait(2)
    simulator.advance(3 * 86_400_000 - 60_000)
    assert (simulator.events()["waiting"], len(receiver.got)) == (1, 2)
    simulator.advance(60_000)
    assert verified(receiver.wait(3)[2]).type == SUCCEEDED["event_type"]


@pytest.mark.parametrize("action", ["tamper", "wrong_secret", "old_timestamp", "no_signature", "truncate"])
def test_a_try_that_must_be_refused_and_the_next_that_is_good(simulator, library, receiver, action):
    def judge(webhook):
        try:
            return verified(webhook) and 200
        except (stripe.SignatureVerificationError, ValueError):
            return 400

    receiver.answer = judge
    fault = simulator.fault(action, operation="webhook", times=1, match=SUCCEEDED)
    sale(library)
    wait_until(lambda: simulator.events()["data"][2]["state"] == "delivered")
    event = simulator.events()["data"][2]
    assert (event["tries"], event["last_status"], simulator.hits(fault)) == (2, 200, 1)
    assert len(receiver.got) == 4


def test_any_document_is_signed_and_sent_as_it_is(simulator, receiver):
    raw = b'{ "id":"evt_mine", "type":"customer.created", "data":{"object":{"id":"cus_1","x":1.50}}}\n'
    shown = simulator.send("POST", "/_simulator/events/inject", raw).json
    assert (shown["id"], shown["type"]) == ("evt_mine", "customer.created")
    webhook = receiver.wait(1)[0]
    assert webhook.body == raw and verified(webhook).id == "evt_mine"
    simulator.send("POST", "/_simulator/events/inject", b"no JSON")
    assert receiver.wait(2)[1].body == b"no JSON"


@pytest.mark.parametrize("wrong", [
    {"webhook_url": "https://example.com/"}, {"webhook_url": "http://name.example/"}, {"webhook_url": 1},
    {"webhook_secret": 1}, {"webhook_secret": [1]}, {"webhook_delay_ms": -1}, {"webhook_order": "sorted"},
    {"webhook_hold": 1}, {"webhook_connections": 0}, {"webhook_colour": "red"},
])
def test_settings_that_are_none(simulator, wrong):
    assert simulator.send("POST", "/_simulator/settings", json.dumps(wrong)).status == 400


@pytest.mark.parametrize("fault", [
    {"operation": "webhook", "action": "rate_limit"}, {"operation": "create", "action": "tamper"},
    {"operation": "*", "action": "drop"}, {"operation": "webhook", "action": "duplicate", "copies": 0},
])
def test_faults_that_do_not_fit(simulator, fault):
    assert simulator.send("POST", "/_simulator/faults", json.dumps(fault)).status == 400
