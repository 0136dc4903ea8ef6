"""A PSP that tells what happens: a world whose simulator sends webhooks, events of a test's own, and how they ended."""

import hashlib
import hmac
import itertools
import json
import time

from harness.client import request
from harness.processes import STRIPE_KEY, World, wait_until

SECRET = "whsec_of_the_scenarios_0123456789abcdef"
PATH = "/psp/stripe/webhooks"
IDS = itertools.count(1)


def told_world(**payments):
    world = World({"payments": {"answer_within_ms": 12000, "psp_deadline_ms": 20000, **payments}})
    world.simulator.shared["FLORIN_STRIPE_TEST_WEBHOOK_SECRET"] = SECRET
    return world


def deliver(world, **settings):
    world.simulator.settings(webhook_url=f"http://127.0.0.1:{world.gateway.port}{PATH}", webhook_secret=SECRET,
                             webhook_retry_ms=200, **settings)


def intent(world, reference):
    """As the PSP shows it now."""
    answer = request(world.simulator.port, "GET", f"/v1/payment_intents/{reference}",
                     {"Authorization": f"Bearer {STRIPE_KEY}"})
    assert answer.status == 200, answer.text
    return answer.json()


def event_of(about, kind="payment_intent.succeeded", identifier=None):
    return {"id": identifier or f"evt_of_the_scenarios_{next(IDS)}_{int(time.time())}", "object": "event", "type": kind,
            "created": int(time.time()), "livemode": False, "data": {"object": about}}


def post(world, event):
    body, now = json.dumps(event).encode(), int(time.time())
    signature = hmac.new(SECRET.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return request(world.gateway.port, "POST", PATH,
                   {"Stripe-Signature": f"t={now},v1={signature}", "Content-Type": "application/json"}, body).status


def tell(world, about, kind="payment_intent.succeeded"):
    event = event_of(about, kind)
    assert post(world, event) == 200
    return event["id"]


def rows(world, sql, *values):
    with world.gateway.database() as database:
        return database.execute(sql, values).fetchall()


def end_of(world, event):
    """Empty while it waits."""
    handled = rows(world, "select what from psp_event_ids where event_id = %s", event)
    parked = rows(world, "select 'parked: ' || why from open_psp_events where parked and event_id = %s", event)
    return (handled or parked or [[""]])[0][0]


def ended(world, event, seconds=60):
    return wait_until(f"{event} has ended", lambda: end_of(world, event), seconds, 0.1)


def all_worked_off(world):
    wait_until("no event waits", lambda: not rows(world, "select 1 from open_psp_events where not parked limit 1"), 90, 0.2)


def all_delivered(world):
    def done():
        told = world.simulator.call("GET", "/_simulator/events")
        return told["waiting"] == told["sending"] == 0
    wait_until("the simulator has told everything", done, 60, 0.1)


def parked(world):
    return rows(world, "select count(*) from open_psp_events where parked")[0][0]
