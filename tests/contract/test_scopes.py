"""A-11: each operation asks for its scope, and a key without it is told 403 and nothing else happens."""

import json

import pytest
import yaml

from harness.client import Client, new_key, request
from harness.processes import ROOT

CONTRACT = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())
SCOPES = ("read", "write", "refund", "admin")
METHODS = ("get", "post", "patch", "put", "delete")
OPERATIONS = [(method.upper(), path, item[method]["security"]) for path, item in CONTRACT["paths"].items()
              for method in METHODS if method in item]
GUARDED = [(method, path, security[0]["apiKey"][0]) for method, path, security in OPERATIONS if security and "apiKey" in security[0]]
OPEN = [(method, path) for method, path, security in OPERATIONS if not security]


@pytest.fixture(scope="module")
def keys(world):
    """A client of one merchant for each single scope, and one for each of all but one; what that merchant has of everything."""
    gateway = world.gateway
    shop = gateway.merchant_client("Scopes")

    def client_with(*scopes):
        made = gateway.cli("keys", "create", "--merchant", shop.merchant, "--mode", "test", "--name", "scoped",
                           "--scopes", ",".join(scopes), "--json")
        key = json.loads(made.stdout)
        return Client(gateway.port, key["key"], merchant=shop.merchant, key_id=key["id"])

    only = {scope: client_with(scope) for scope in SCOPES}
    all_but = {scope: client_with(*(other for other in SCOPES if other != scope)) for scope in SCOPES}
    payment_id = shop.authorize()["payment_id"]
    event_id = shop.get("/api/v1/events?wait=25")["data"][0]["id"]
    endpoint_id = shop.post("/api/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/"})["id"]
    return only, all_but, {"{payment_id}": payment_id, "{event_id}": event_id, "{endpoint_id}": endpoint_id}, shop


def call(client, method, path, ids):
    target = path
    for name, value in ids.items():
        target = target.replace(name, value)
    for name in ("{id}", "{merchant_id}", "{key_id}", "{operation_id}"):
        target = target.replace(name, "key_00000000-0000-7000-8000-000000000000")
    headers = client.headers(**({"Idempotency-Key": new_key()} if method == "POST" else {}))
    return request(client.port, method, target, headers, None if method == "GET" else '{"no such field": 1}')


@pytest.mark.parametrize("method, path, scope", GUARDED)
def test_a_11_an_operation_asks_for_its_scope(gateway, keys, method, path, scope):
    only, all_but, ids, shop = keys
    log = len(gateway.log())
    refused = call(all_but[scope], method, path, ids)
    assert (refused.status, refused["code"]) == (403, "forbidden"), refused.text
    assert f"lacks the scope {scope}" in refused["detail"]
    lines = [json.loads(line) for line in gateway.log()[log:].splitlines() if refused["request_id"] in line]
    assert [(line["level"], line["event"], line["status"], line["key"]) for line in lines] == [
        ("warning", "http.request", 403, all_but[scope].key_id)]
    if scope != "admin":  # what a key with that scope alone may manage is said elsewhere
        assert call(only[scope], method, path, ids).status in (200, 400), "its own scope is enough"


@pytest.mark.parametrize("method, path", OPEN)
def test_a_11_open_operations_ask_for_none(gateway, method, path):
    assert request(gateway.port, method, path.replace("{code}", "forbidden")).status == 200


def test_a_11_a_refused_operation_changes_nothing(keys):
    only, all_but, ids, shop = keys
    payment_id = ids["{payment_id}"]
    before = shop.payment(payment_id).text, shop.operations(payment_id)
    assert only["read"].capture(payment_id).status == only["read"].pay().status == 403
    assert only["refund"].void(payment_id).status == only["write"].refund(payment_id).status == 403
    assert (shop.payment(payment_id).text, shop.operations(payment_id)) == before


def test_a_11_a_key_that_may_not_claims_no_idempotency_key(keys):
    only, all_but, ids, shop = keys
    payment_id = ids["{payment_id}"]
    key = new_key()
    assert only["read"].pay(key, amount=1234).status == 403
    paid = only["write"].pay(key, amount=4321)
    assert (paid.status, paid["amount"]) == (200, 4321)
