"""Every answer of the running gateway agrees with api/openapi.yaml: path, status, media type, schema."""

import json
import re

import jsonschema
import pytest
import yaml

from harness import client as client_module
from harness.client import SALE, new_key, request
from harness.processes import ROOT, wait_until


@pytest.fixture(scope="module")
def contract():
    return yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())


def operation_of(contract, method, path):
    bare = path.split("?")[0]
    for template, item in contract["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), bare):
            return item.get(method.lower())
    return None


def check(contract, method, path, answer):
    operation = operation_of(contract, method, path)
    if operation is None:
        assert answer.status in (404, 405), f"{method} {path} is not in the contract but answered {answer.status}"
        return
    responses = operation["responses"]
    assert str(answer.status) in responses, f"{method} {path} answered {answer.status}, which the contract does not list"
    response = responses[str(answer.status)]
    if "$ref" in response:
        response = contract["components"]["responses"][response["$ref"].split("/")[-1]]
    media = answer.headers.get("content-type", "").split(";")[0]
    assert media in response["content"], f"{method} {path} {answer.status}: {media}"
    schema = {**response["content"][media].get("schema", {}), "components": contract["components"]}
    if "json" in media:
        jsonschema.Draft202012Validator(schema).validate(json.loads(answer.text))


def test_the_answers_of_a_payments_life_agree_with_the_contract(contract, merchant, simulator):
    begin = len(client_module.recorded)
    payment_id = merchant.pay(description="x", metadata={"a": "b"})["payment_id"]
    merchant.pay(payment_method="pm_card_visa_chargeDeclined")
    merchant.pay(payment_method="pm_card_threeDSecure2Required", return_url="https://merchant.example/")
    merchant.pay(payment_method="pm_card_nonexistent")
    simulator.fault("rate_limit", times=1)
    merchant.pay()
    key = new_key()
    merchant.pay(key)
    merchant.pay(key, amount=1)
    merchant.pay(amount=0)
    for path in ("", f"/{payment_id}", f"/{payment_id}/operations", f"/{payment_id}/ledger", f"/{payment_id}/audit", "/pay_x",
                 "?limit=2", "?limit=1000"):
        merchant.get(f"/api/v1/payments{path}")
    for event in merchant.get("/api/v1/events?wait=25")["data"]:
        merchant.get(f"/api/v1/events/{event['id']}")
    merchant.get("/api/v1/events?type=payment")
    merchant.get("/api/v1/balance")
    request(merchant.port, "GET", "/api/v1/balance")
    merchant.post("/api/v1/payments", json.dumps(SALE), Content_Type="text/plain")
    assert len(client_module.recorded) - begin > 15
    for method, path, answer in client_module.recorded[begin:]:
        check(contract, method, path, answer)


def test_the_answers_of_an_authorizations_life_agree_with_the_contract(contract, merchant, simulator):
    begin = len(client_module.recorded)
    payment_id = merchant.authorize(multiple_captures=True)["payment_id"]
    path = f"/api/v1/payments/{payment_id}"
    key = new_key()
    merchant.capture(payment_id, key, amount=4000)
    merchant.capture(payment_id, key, amount=4000)
    merchant.capture(payment_id, key, amount=1)
    merchant.capture(payment_id, amount=99999)
    merchant.void(payment_id)
    merchant.void(payment_id)
    merchant.refund(payment_id, amount=1500, reason="damaged_in_transit")
    merchant.refund(payment_id, amount=100, currency="EUR")
    merchant.refund(payment_id, amount=0)
    merchant.refund("pay_x")
    merchant.post(f"{path}/refund", "{}", Content_Type="text/plain")
    simulator.fault("rate_limit", operation="refund", times=1)
    merchant.refund(payment_id, amount=1)
    request(merchant.port, "POST", f"{path}/refund", {}, "{}")
    for tail in ("", "/refunds", "/operations", "/ledger", "/audit"):
        merchant.get(path + tail)
    wait_until("all is told", lambda: len(merchant.get("/api/v1/events")["data"]) == 5)
    merchant.get("/api/v1/balance")
    statuses = [answer.status for _, _, answer in client_module.recorded[begin:]]
    assert statuses[:13] == [200, 200, 200, 422, 422, 200, 422, 200, 422, 400, 404, 415, 503], statuses
    for method, path, answer in client_module.recorded[begin:]:
        check(contract, method, path, answer)


def test_a_void_while_a_capture_is_unknown_answers_as_the_contract_says(contract, merchant, simulator):
    begin = len(client_module.recorded)
    payment_id = merchant.authorize()["payment_id"]
    simulator.fault("drop_after_processing", operation="*")
    capture = merchant.capture(payment_id)
    assert (capture.status, capture["operation"]["status"]) == (202, "pending"), capture.text
    busy = merchant.void(payment_id)
    assert busy.status == 409 and "10000" in busy["detail"] and "retry-after" in busy.headers, busy.text
    for method, path, answer in client_module.recorded[begin:]:
        check(contract, method, path, answer)


def examples_of(node, contract):
    """(schema, example) of every media type below a node of the contract."""
    if isinstance(node, dict):
        for example in node.get("examples", {}).values() if "schema" in node and isinstance(node.get("examples"), dict) else ():
            if "$ref" in example:
                example = contract["components"]["examples"][example["$ref"].split("/")[-1]]
            yield node["schema"], example["value"]
        for child in node.values():
            yield from examples_of(child, contract)
    elif isinstance(node, list):
        for child in node:
            yield from examples_of(child, contract)


def test_every_example_of_the_contract_agrees_with_its_schema(contract):
    examples = list(examples_of(contract, contract))
    assert len(examples) > 15
    for schema, example in examples:
        jsonschema.Draft202012Validator({**schema, "components": contract["components"]}).validate(example)


def test_every_route_of_the_contract_exists_and_the_contract_is_served(contract, gateway, merchant):
    served = request(gateway.port, "GET", "/openapi.yaml")
    assert served.status == 200 and yaml.safe_load(served.text) == contract
    for template, item in contract["paths"].items():
        for method in set(item) & {"get", "post"}:
            path = re.sub(r"\{[^}]+\}", "pay_00000000-0000-7000-8000-000000000000", template)
            answer = request(gateway.port, method.upper(), path, merchant.headers(), "{}" if method == "post" else None)
            assert answer.status != 405, path
            if answer.status == 404:
                assert answer["code"] == "not_found" and "nothing at this path" not in answer["detail"], path


def test_id_08_every_post_of_the_contract_needs_an_idempotency_key(contract, merchant):
    payment_id = merchant.authorize()["payment_id"]
    posts = [path for path, item in contract["paths"].items() if "post" in item and path.startswith("/api/v1/payments")]
    assert len(posts) == 4
    for path in posts:
        answer = request(merchant.port, "POST", path.replace("{payment_id}", payment_id), merchant.headers(), "{}")
        assert (answer.status, answer["code"]) == (400, "idempotency_key_missing"), path
    assert merchant.payment(payment_id)["status"] == "authorized"
