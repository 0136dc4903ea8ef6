"""GET /events: what a merchant without a public address lives from. Every change is told once, in order, as it was."""

import concurrent.futures
import datetime
import time

import pytest

from harness.client import Client, request
from harness.processes import wait_until

EVENTS = "/api/v1/events"
NOBODYS = "evt_01968d2f-7a3c-7000-9a51-3c0d5e7f1a2b"


def listed(client, **query):
    answer = client.get(EVENTS + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""))
    assert answer.status == 200, answer.text
    return answer.json()


def told(client, count, **query):
    """The merchant's events, once there are as many."""
    def enough():
        events = listed(client, limit=100, **query)["data"]
        return events if len(events) >= count else None
    events = wait_until(f"{count} events are told", enough, 60, 0.05)
    assert len(events) == count, [event["type"] for event in events]
    return events


@pytest.fixture(scope="module")
def story(world):
    """An authorization captured in parts, refunded, refused and voided, beside a declined sale: (client, answers, events)."""
    world.simulator.heal()
    client = world.gateway.merchant_client("Story")
    held = client.authorize(multiple_captures=True, metadata={"order": "7"})
    payment = held["payment_id"]
    answers = [held, client.capture(payment, amount=4000), client.refund(payment, amount=1500)]
    assert client.refund(payment, amount=9999).status == 422, "stored, and no event"
    answers.append(client.void(payment))
    declined = client.pay(payment_method="pm_card_visa_chargeDeclined")
    return client, answers, declined, told(client, 5)


def test_each_change_is_told_once_in_order_as_it_was_answered(story):
    _, answers, declined, events = story
    assert [event["type"] for event in events] == ["payment.authorized", "payment.captured", "refund.succeeded",
                                                   "payment.voided", "payment.failed"]
    assert [event["sequence"] for event in events] == [1, 2, 3, 4, 1]
    assert [event["data"] for event in events] == [answer.json() for answer in answers] + [declined["payment"]]
    assert sorted(event["id"] for event in events) == [event["id"] for event in events]


def test_an_event_has_the_fields_of_the_source_document_at_its_top(story):
    _, _, _, events = story
    for event in events:
        assert event["event"] == event["type"] and event["currency"] == "USD" and event["live"] is False
        assert event["payment_id"] == event["data"]["payment_id"]
        assert event["timestamp"] >= event["data"]["created_at"]
    assert [event["amount"] for event in events] == [10000, 4000, 1500, 6000, 10000], "of what the event is about"
    assert events[1]["data"]["operation"]["type"] == "capture" and "operation" not in events[0]["data"]


def test_one_event_is_read_as_the_list_shows_it(story):
    client, _, _, events = story
    for event in events:
        answer = client.get(f"{EVENTS}/{event['id']}")
        assert answer.status == 200 and answer.json() == event


def test_pages_go_on_where_the_one_before_stopped(story):
    client, _, _, events = story
    seen, after = [], {}
    for _ in range(4):
        page = listed(client, limit=2, **after)
        seen += page["data"]
        after = {"starting_after": page["next_starting_after"]}
    assert seen == events
    assert not page["has_more"] and page["next_starting_after"] == events[-1]["id"], "the end is kept for the next time"


def test_filters_choose_by_type_payment_and_time(story):
    client, _, _, events = story
    assert listed(client, type="refund.succeeded")["data"] == [events[2]]
    assert listed(client, payment_id=events[0]["payment_id"])["data"] == events[:4]
    assert listed(client, payment_id=events[4]["payment_id"], type="payment.failed")["data"] == [events[4]]
    assert listed(client, payment_id=events[4]["payment_id"], type="payment.voided")["data"] == []
    assert listed(client, payment_id=events[0]["payment_id"], starting_after=events[1]["id"])["data"] == events[2:4]
    middle = events[2]["timestamp"]
    assert events[2] not in listed(client, created_from=f"{middle[:4]}-01-01T00:00:00Z", created_to=moment_before(middle))["data"]
    later = listed(client, created_from=middle)["data"]
    assert later == [event for event in events if event["timestamp"] >= middle]


def moment_before(timestamp):
    time_of = datetime.datetime.fromisoformat(timestamp.replace("Z", "+00:00")) - datetime.timedelta(milliseconds=1)
    return time_of.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "type=payment.created", "type=", "payment_id=7",
                                   "starting_after=pay_1", "created_from=yesterday", "wait=26", "wait=-1", "wait=x",
                                   "types=payment.failed", "wait=1&wait=1"])
def test_a_query_that_is_none_is_refused(story, query):
    answer = story[0].get(f"{EVENTS}?{query}")
    assert answer.status == 400 and answer["code"] in ("invalid_field", "unknown_field")


def test_what_is_a_strangers_is_answered_as_what_does_not_exist(world, story):
    client, _, _, events = story
    stranger = world.gateway.merchant_client("Stranger")
    live = Client(world.gateway.port, world.gateway.create_key(client.merchant, "live")["key"])

    def answered(who, event):
        answer = who.get(f"{EVENTS}/{event}")
        body = {name: value for name, value in answer.json().items() if name != "request_id"}
        return answer.status, body
    missing = answered(client, NOBODYS)
    assert missing[0] == 404 and missing[1]["code"] == "not_found"
    for who, event in ((stranger, events[0]["id"]), (live, events[0]["id"]), (client, "evt_x"),
                       (client, events[0]["payment_id"])):
        assert answered(who, event) == missing
    for who in (stranger, live):
        assert listed(who)["data"] == [] and listed(who)["next_starting_after"] is None
        assert listed(who, payment_id=events[0]["payment_id"])["data"] == []
        assert listed(who, starting_after=events[0]["id"])["data"] == []


def test_live_events_are_told_to_live_keys_alone(world, story):
    client, _, _, events = story
    with world.gateway.database() as database:
        database.execute("""insert into events select merchant_id, true, overlay(id::text placing 'f' from 25 for 1)::uuid, type,
                            payment_id, 1000000, operation_id, attempt, version, created_at from events where id = %s""",
                         (events[0]["id"].removeprefix("evt_"),))
    try:
        live = Client(world.gateway.port, world.gateway.create_key(client.merchant, "live")["key"])
        assert [event["live"] for event in listed(live)["data"]] == [True]
        assert listed(client, limit=100)["data"] == events
    finally:
        with world.gateway.database() as database:
            database.execute("set session_replication_role = replica; delete from events where sequence = 1000000")


def test_who_waits_is_told_the_next_event(client):
    last = listed(client, limit=100)["next_starting_after"]
    after = {"starting_after": last} if last else {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(listed, client, wait=25, **after)
        payment = client.pay()
        page = waiting.result()
    assert [event["payment_id"] for event in page["data"]] == [payment["payment_id"]]
    begun = time.monotonic()
    assert listed(client, wait=1, starting_after=page["next_starting_after"]) == {
        "data": [], "has_more": False, "next_starting_after": page["next_starting_after"]}
    assert time.monotonic() - begun >= 1, "nothing more happened until the end"


def test_who_waits_for_a_type_is_not_told_of_another(client):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(listed, client, wait=25, type="refund.succeeded")
        payment = client.pay()["payment_id"]
        told(client, 1)
        client.refund(payment)
        assert [event["type"] for event in waiting.result()["data"]] == ["refund.succeeded"]


def test_nobody_waits_for_a_time_that_is_over(client):
    begun = time.monotonic()
    assert listed(client, wait=25, created_to="2026-01-01T00:00:00Z")["data"] == []
    assert time.monotonic() - begun < 10
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(listed, client, wait=25, created_to=soon.isoformat().replace("+00:00", "Z"))
        payment = client.pay()["payment_id"]
        assert [event["payment_id"] for event in waiting.result()["data"]] == [payment], "it is not over yet"


def test_how_a_202_ends_is_told(quick, client):
    quick.simulator.fault(operation="create", action="drop_before_processing", times=3)
    answer = client.pay()
    assert answer.status == 202 and answer["status"] == "pending"
    page = listed(client, wait=25)
    assert [event["type"] for event in page["data"]] == ["payment.captured"]
    assert page["data"][0]["payment_id"] == answer["payment_id"]


def test_a_payers_steps_are_told_as_they_were(quick, client):
    answer = client.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    assert answer.status == 202 and answer["status"] == "requires_action"
    event = told(client, 1)[0]
    assert event["type"] == "payment.requires_action" and event["data"] == answer.json()


def test_a_client_may_poll_by_head(client):
    assert request(client.port, "HEAD", EVENTS, client.headers()).status == 200
