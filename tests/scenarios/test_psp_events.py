"""What the PSP tells by itself, with the real programs: early, late, twice, in any order, wrong, or about somebody else.

W-16 (one bad item in a batch of them) has no meaning here: a request of Stripe's is one event.
"""

import concurrent.futures

import pytest

from harness.client import new_key, request
from harness.crashes import charges, check_books, legs
from harness.processes import STRIPE_KEY, wait_until
from harness.psp_events import (all_delivered, all_worked_off, deliver, end_of, ended, event_of, intent, parked, post, rows, tell,
                                told_world)


@pytest.fixture(scope="module")
def running():
    with told_world() as world:
        yield world


@pytest.fixture
def world(running):
    """Nothing is told unless a test wants it."""
    yield running
    running.simulator.heal()
    running.simulator.settings(webhook_url="", webhook_hold=False, webhook_before_answer=False, read_lag_ms=0)


@pytest.fixture
def client(world):
    return world.gateway.merchant_client()


def actors(client, payment_id):
    return [row["actor"] for row in client.get(f"/api/v1/payments/{payment_id}/audit")["data"]]


def open_payment(world, client):
    """Charged, but no answer comes; its caller keeps it until the PSP's deadline, and the resolver comes after that."""
    world.simulator.fault("hang_after_processing", times=1)
    answer = concurrent.futures.ThreadPoolExecutor(1).submit(client.pay)
    found = wait_until("it is there", lambda: client.get("/api/v1/payments")["data"])[0]
    wait_until("it is charged", lambda: world.simulator.truth(found["payment_id"]))
    return found["payment_id"], answer.result


def test_p_01_a_charge_without_an_answer_is_settled_by_what_the_psp_tells(world, client):
    deliver(world)
    world.simulator.fault("hang_after_processing", times=1)
    answer = client.pay()
    assert answer.status == 200, "the event settled it while its caller still waited"
    payment = answer.json()
    assert payment["status"] == "captured" and actors(client, payment["payment_id"])[-1] == "system:psp_events"
    assert len(charges(world.simulator, payment)) == 1
    assert len(legs(client, payment)) == 4 and sum(legs(client, payment)) == 0
    check_books(world)


def test_w_01_w_02_of_a_hundred_duplicates_and_their_twins_nothing_is_booked_twice(world, client):
    payment = client.pay().json()
    before = client.get(f"/api/v1/payments/{payment['payment_id']}").text
    about = intent(world, payment["psp_reference"])
    same = event_of(about)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _: post(world, same), range(100))) == {200}
        twins = [event_of(about) for _ in range(20)]
        assert set(pool.map(lambda twin: post(world, twin), twins)) == {200}
    all_worked_off(world)
    assert end_of(world, same["id"]) == "no_change"
    assert rows(world, "select count(*) from psp_event_ids where event_id = %s", same["id"]) == [(1,)]
    # The bytes are kept once more when one comes in the moment in which another is ended: it is found to be handled then.
    assert rows(world, "select count(*) > 0 from psp_events where event_id = %s", same["id"]) == [(True,)]
    assert {end_of(world, twin["id"]) for twin in twins} == {"no_change"}
    assert client.get(f"/api/v1/payments/{payment['payment_id']}").text == before
    assert len(legs(client, payment)) == 4


def test_w_03_what_is_told_before_the_answer_changes_nothing(world, client):
    deliver(world, webhook_before_answer=True)
    payment = client.pay().json()
    assert payment["status"] == "captured"
    assert client.refund(payment["payment_id"], amount=1000).status == 200
    all_delivered(world)
    all_worked_off(world)
    assert not {"system:psp_events"} & set(actors(client, payment["payment_id"])), "the caller's answer goes first"
    assert len(legs(client, payment)) == 6
    check_books(world)


@pytest.mark.parametrize("order", ["as-happened", "reversed", "shuffled"])
def test_w_04_a_life_told_in_any_order_stays_as_it_was(world, client, order):
    before = parked(world)
    deliver(world, webhook_hold=True)
    captured = client.authorize(multiple_captures=True)["payment_id"]
    for amount in (6000, 4000):
        assert client.capture(captured, amount=amount).status == 200
    assert client.refund(captured, amount=2500).status == 200
    voided = client.authorize()["payment_id"]
    assert client.void(voided).status == 200
    part = client.authorize()["payment_id"]
    assert client.capture(part, amount=6000).status == 200
    documents = [client.payment(payment).text for payment in (captured, voided, part)]
    world.simulator.call("POST", "/_simulator/events/release", {"order": order})
    all_delivered(world)
    all_worked_off(world)
    assert [client.payment(payment).text for payment in (captured, voided, part)] == documents
    assert parked(world) == before, rows(world, "select type, why from open_psp_events")
    check_books(world)


def test_w_05_a_payment_of_somebody_else_is_parked_and_never_created(world, client):
    count = rows(world, "select count(*) from payments")
    made = request(world.simulator.port, "POST", "/v1/payment_intents",
                   {"Authorization": f"Bearer {STRIPE_KEY}", "Content-Type": "application/x-www-form-urlencoded",
                    "Idempotency-Key": new_key()},
                   "amount=700&currency=usd&payment_method=pm_card_visa&payment_method_types[]=card&confirm=true")
    assert made.status == 200, made.text
    event = tell(world, made.json())
    assert ended(world, event, 90) == "parked: leads to no payment"
    assert rows(world, "select count(*) from payments") == count
    metrics = request(world.gateway.port, "GET", "/metrics").text
    assert 'florin_psp_alerts_total{psp="stripe",why="event_parked"}' in metrics


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "eur"}])
def test_w_11_another_amount_or_currency_is_parked_and_books_nothing(world, client, wrong):
    payment = client.pay().json()
    event = tell(world, {**intent(world, payment["psp_reference"]), **wrong})
    assert ended(world, event).startswith("parked: says ")
    assert len(legs(client, payment)) == 4
    assert client.payment(payment["payment_id"])["captured_amount"] == payment["amount"]
    check_books(world)


def test_w_13_what_nobody_understands_is_kept_and_the_others_flow(world, client):
    payment = client.pay().json()
    strange = [tell(world, {"object": "cloud", "id": "cl_1"}, "weather.changed"), tell(world, {}, "charge.succeeded"),
               tell(world, {"object": "payment_intent", "id": ["pi"], "metadata": 1, "amount": "1", "status": "succeeded"})]
    event = tell(world, intent(world, payment["psp_reference"]))
    assert ended(world, event) == "no_change"
    assert [ended(world, one, 90) for one in strange] == ["ignored", "ignored", "parked: leads to no payment"]


def reads_of(world):
    lines = request(world.gateway.port, "GET", "/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith('florin_psp_call_seconds_count{call="read"'))


def test_w_14_many_events_are_worked_off_while_payments_go_on(world, client):
    told = [intent(world, client.pay()["psp_reference"]) for _ in range(10)]
    events = [event_of(told[number % len(told)]) for number in range(1000)]
    before, reads = rows(world, "select count(*) from psp_event_ids where what = 'no_change'")[0][0], reads_of(world)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        posted = pool.map(lambda event: post(world, event), events)
        answers = client.pay_in_parallel(100, lambda n: new_key())
        assert set(posted) == {200}
    assert {answer.status for answer in answers} == {200}
    all_worked_off(world)
    assert rows(world, "select count(*) from psp_event_ids where what = 'no_change'")[0][0] == before + len(events)
    check_books(world)
    assert reads_of(world) - reads < 50, "what the books have costs no call"


def test_p_08_an_object_with_another_amount_is_parked_with_an_alert_and_settled_when_it_shows_the_truth(world, client):
    deliver(world, webhook_hold=True)
    payment_id, answer = open_payment(world, client)
    lie = world.simulator.fault("wrong_amount", operation="retrieve", times=1)
    released = world.simulator.call("POST", "/_simulator/events/release", {})
    assert released["released"] > 0
    wait_until("the PSP was asked", lambda: world.simulator.hits(lie))
    wait_until("somebody must look", lambda: rows(
        world, "select 1 from open_psp_events where parked and why like '%%contradicts the request%%'"))
    assert answer().status in (200, 202)
    assert client.settled(payment_id, 90)["status"] == "captured"
    assert len(charges(world.simulator, {"payment_id": payment_id})) == 1
    all_worked_off(world)
    check_books(world)


def test_p_11_what_the_psp_does_not_show_yet_is_asked_for_again_and_not_closed(world, client):
    deliver(world, webhook_hold=True)
    world.simulator.settings(read_lag_ms=3_600_000)
    payment_id, answer = open_payment(world, client)
    world.simulator.call("POST", "/_simulator/events/release", {})
    told = [event["id"] for event in world.simulator.call("GET", f"/_simulator/events?reference={payment_id}")["data"]]
    looked = "select 1 from open_psp_events where not parked and tries > 2 and event_id = any(%s)"
    wait_until("a look has found nothing", lambda: rows(world, looked, told))
    world.simulator.settings(read_lag_ms=0)
    assert answer().status in (200, 202)
    payment = client.settled(payment_id, 90)
    assert payment["status"] == "captured" and len(charges(world.simulator, payment)) == 1
    all_worked_off(world)
