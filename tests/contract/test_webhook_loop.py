"""O-17: a webhook whose endpoint leads back to Florin is refused by every route that a POST reaches; nothing grows from it."""

import json
import re

import pytest
import yaml

from harness.client import request
from harness.processes import ROOT
from harness.webhooks import value

WEBHOOK = {"Content-Type": "application/json", "User-Agent": "Florin-Webhooks/0.1.0", "webhook-timestamp": "1700000000",
           "webhook-id": "evt_01920000-0000-7000-8000-000000000001",
           "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
BODY = json.dumps({"event": "payment.captured", "amount": 100, "currency": "USD", "timestamp": "2026-03-13T10:00:00.000Z"})
GROWING = ("payments", "operations", "idempotency_keys", "events", "psp_events", "admin_audit_log", "api_keys", "merchants")


def routes():
    paths = yaml.safe_load((ROOT / "api/openapi.yaml").read_text())["paths"]
    return sorted(path for path, methods in paths.items() if "post" in methods)


def rows(world):
    return {table: value(world, f"select count(*) from {table}") for table in GROWING}


@pytest.mark.parametrize("path", routes())
def test_o_17_a_webhook_to_florin_itself_is_refused_and_changes_nothing(database, receiver, path):
    before = rows(database)
    target = re.sub(r"\{\w+\}", "x", path)
    answer = request(receiver.port, "POST", target, WEBHOOK, BODY)
    assert answer.status == 401, answer.text
    # All that a URL can carry: no header of its own.
    answer = request(receiver.port, "POST", target + "?key=sk_test_" + "a" * 48, WEBHOOK, BODY)
    assert answer.status == (400 if path.startswith("/psp/") else 401), answer.text
    assert rows(database) == before
