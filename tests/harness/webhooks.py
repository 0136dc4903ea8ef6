"""Events of Stripe as a test signs and sends them to a gateway that takes them and works none off."""

import contextlib
import hashlib
import hmac
import itertools
import json
import time

from harness.client import request
from harness.processes import Gateway

PATH = "/psp/stripe/webhooks"
OLD, NEW, FOREIGN = "whsec_old_0123456789abcdef", "whsec_new_0123456789abcdef", "whsec_foreign_0123456789ab"
IDS = itertools.count(1)


@contextlib.contextmanager
def gateway_of(world, name, command="api", settings=None, **environment):
    gateway = Gateway(world.directory, world.simulator, name, command, settings, world.gateway.application_url())
    try:
        yield gateway.start(**environment)
    finally:
        gateway.kill()


def event(**changes):
    event_id = f"evt_{next(IDS)}Test"
    return {"id": event_id, "object": "event", "api_version": "2026-06-24.dahlia", "created": int(time.time()),
            "livemode": False, "type": "payment_intent.succeeded", "pending_webhooks": 1,
            "data": {"object": {"id": "pi_1", "object": "payment_intent", "amount": 1000, "currency": "usd",
                                "status": "succeeded", "metadata": {}}}, **changes}


def sign(secret, body, at=None):
    at = int(time.time()) if at is None else at
    return f"{at}", hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def header(secret, body, at=None):
    return "t={},v1={}".format(*sign(secret, body, at))


def encoded(document):
    return json.dumps(document).encode()


def send(gateway, body, signature=None, secret=NEW, **headers):
    body = body if isinstance(body, bytes) else encoded(body)
    named = {"Content-Type": "application/json; charset=utf-8"}
    named |= {name.replace("_", "-"): text for name, text in headers.items()}
    if signature != "none":
        named["Stripe-Signature"] = header(secret, body) if signature is None else signature
    return request(gateway.port, "POST", PATH, named, body)


def value(world, sql, *parameters):
    with world.gateway.database() as connection:
        return connection.execute(sql, parameters).fetchone()[0]


def stored(world):
    return value(world, "select count(*) from psp_events")
