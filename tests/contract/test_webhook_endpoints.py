"""Webhook endpoints as a merchant manages them: by the API, by the command line, and nobody else's. What is sent, and when, is
tested elsewhere."""

import concurrent.futures
import json
import re

import jsonschema
import pytest
import yaml

from harness import client as client_module
from harness.admin import AUDIT, post, send, shop_admin
from harness.client import Client, new_key, request
from harness.processes import ROOT

ENDPOINTS = "/api/v1/webhook_endpoints"
NOBODY = "we_00000000-0000-7000-8000-000000000000"
# Nobody listens there: what is sent fails at once and disturbs nobody.
URL = "http://127.0.0.1:9/florin"
SECRET = r"whsec_[A-Za-z0-9+/]{43}="


@pytest.fixture
def shop(gateway):
    return gateway.merchant_client("Told")


def make(client, key=None, **fields):
    made = post(client, ENDPOINTS, {"url": URL, **fields}, key)
    assert made.status == 201, made.text
    return made.json()


def without_secret(endpoint):
    return {name: value for name, value in endpoint.items() if name != "secret"}


def shape(answer):
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
    return answer.status, re.sub(r"req_[0-9a-f-]{36}", "req_", answer.text), headers


def test_an_endpoint_is_made_read_changed_listed_and_deleted(shop):
    made = make(shop, description="till", types=["payment.captured"])
    assert re.fullmatch(SECRET, made["secret"]) and made["status"] == "enabled" and made["live"] is False
    assert made["merchant_id"] == shop.merchant and made["types"] == ["payment.captured"]
    path = f"{ENDPOINTS}/{made['id']}"
    assert shop.get(path).json() == without_secret(made)
    changed = send(shop, "PATCH", path, {"types": None, "description": None, "url": URL + "/2"})
    assert changed.status == 200 and changed["types"] == [] and changed["description"] == "" and changed["url"] == URL + "/2"
    again = send(shop, "PATCH", path, {"types": []})
    assert again.json() == changed.json(), "what changes nothing changes nothing"
    other = make(shop)
    listed = shop.get(ENDPOINTS).json()
    assert [row["id"] for row in listed["data"]] == [other["id"], made["id"]] and listed["has_more"] is False
    page = shop.get(f"{ENDPOINTS}?limit=1").json()
    assert page["has_more"] and page["next_starting_after"] == other["id"]
    assert shop.get(f"{ENDPOINTS}?limit=1&starting_after={other['id']}")["data"][0]["id"] == made["id"]
    gone = request(shop.port, "DELETE", path, shop.headers())
    assert gone.status == 200 and gone["status"] == "deleted" and gone["disabled_reason"] == "merchant"
    for answer in (shop.get(path), request(shop.port, "DELETE", path, shop.headers()), post(shop, f"{path}/enable")):
        assert (answer.status, answer["code"]) == (404, "not_found")
    assert [row["id"] for row in shop.get(ENDPOINTS)["data"]] == [other["id"]]


def test_o_12_a_secret_is_shown_once_and_stands_nowhere_else(gateway):
    shop = shop_admin(gateway, gateway.create_merchant("Told once"))
    key = new_key()
    made = make(shop, key)
    again = post(shop, ENDPOINTS, {"url": URL}, key)
    assert again.status == 201 and again.headers["idempotent-replayed"] == "true"
    assert again["secret"] is None and again["id"] == made["id"]
    rotated = post(shop, f"{ENDPOINTS}/{made['id']}/rotate-secret", {}, key := new_key())
    assert rotated.status == 200 and re.fullmatch(SECRET, rotated["secret"]) and rotated["secret"] != made["secret"]
    assert post(shop, f"{ENDPOINTS}/{made['id']}/rotate-secret", {}, key)["secret"] is None
    shown = [shop.get(f"{ENDPOINTS}/{made['id']}").text, shop.get(ENDPOINTS).text, shop.get(AUDIT).text, gateway.log(),
             gateway.cli("webhooks", "endpoints", "show", made["id"]).stdout,
             gateway.cli("webhooks", "endpoints", "list", "--json").stdout]
    with gateway.database() as database:
        shown += [text for text, in database.execute("select s::text from webhook_secrets s")]
    for secret in (made["secret"], rotated["secret"]):
        assert not any(secret[6:30] in text or secret[6:30].encode().hex() in text for text in shown)


def test_a_rotation_overlaps_and_only_two_secrets_are_ever_valid(gateway, shop):
    endpoint = make(shop)["id"]
    path = f"{ENDPOINTS}/{endpoint}/rotate-secret"

    def valid():
        with gateway.database() as database:
            rows = database.execute("""select number from webhook_secrets where endpoint_id = %s
                                       and (expires_at is null or expires_at > now()) order by number""", [endpoint[3:]])
            return [number for number, in rows]

    first = post(shop, path)
    assert first["previous_secret_expires_at"] > first["updated_at"] and valid() == [1, 2]
    assert post(shop, path, {"overlap_seconds": 604800}).status == 200 and valid() == [2, 3]
    assert post(shop, path, {"overlap_seconds": 0})["previous_secret_expires_at"] is None and valid() == [4]
    for wrong in (-1, 604801, 1.5, "1", None):
        refused = post(shop, path, {"overlap_seconds": wrong})
        assert refused.status == 400, refused.text
    assert valid() == [4]


def test_an_endpoint_is_disabled_and_enabled(gateway, shop):
    path = f"{ENDPOINTS}/{make(shop)['id']}"
    disabled = post(shop, f"{path}/disable", key=(key := new_key()))
    assert (disabled.status, disabled["status"], disabled["disabled_reason"]) == (200, "disabled", "merchant")
    tested = post(shop, f"{path}/test")
    assert (tested.status, tested["code"]) == (422, "operation_not_allowed") and "enable" in tested["detail"]
    enabled = post(shop, f"{path}/enable")
    assert (enabled["status"], enabled["disabled_reason"]) == ("enabled", None)
    replayed = post(shop, f"{path}/disable", key=key)
    assert replayed.headers["idempotent-replayed"] == "true" and shop.get(path)["status"] == "enabled"
    gateway.cli("webhooks", "endpoints", "disable", path.split("/")[-1])
    assert shop.get(path)["disabled_reason"] == "operator"


def test_a_test_event_is_sent_once_for_each_key(gateway, shop):
    path = f"{ENDPOINTS}/{make(shop, types=['payment.failed'])['id']}/test"
    sent = post(shop, path, key=(key := new_key()))
    assert sent.status == 202, sent.text
    again = post(shop, path, key=key)
    assert again.status == 202 and again.headers["idempotent-replayed"] == "true" and again.json() == sent.json()
    event = shop.get(f"/api/v1/events/{sent['event_id']}")
    assert event.status == 200 and event["type"] == "webhook_endpoint.test"
    assert post(shop, path)["event_id"] != sent["event_id"]
    verified = gateway.verify()
    assert verified.returncode == 0, f"an event that is no payment's has no link: {verified.stdout}"


@pytest.mark.parametrize("url", [
    "https://127.0.0.1:8443/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::ffff:127.0.0.1]/",
    "https://2130706433/", "https://0x7f.1/", "https://internal/", "https://db.internal/", "http://merchant.example/",
    "ftp://merchant.example/", "https://user:hunter2@merchant.example/", "https://merchant.example:22/", "merchant.example",
    "https://merchant.example/#x", "", "https://" + "a" * 3000, "https://merchant.example/\n",
])
def test_o_13_a_url_that_must_not_be_called_is_refused_by_its_field(gateway, url):
    live = gateway.merchant_client("Live", "live") if url.startswith("https://127") else gateway.merchant_client("Hostile")
    refused = post(live, ENDPOINTS, {"url": url})
    assert (refused.status, refused["code"], refused["pointer"]) == (400, "invalid_field", "/url"), refused.text
    assert refused["detail"].startswith("url ") and "hunter2" not in refused["detail"]
    assert live.get(ENDPOINTS)["data"] == []


def test_a_host_that_nobody_finds_is_refused_and_the_key_stays_free(shop):
    key = new_key()
    refused = post(shop, ENDPOINTS, {"url": "https://no-such-host.invalid/"}, key)
    assert (refused.status, refused["pointer"]) == (400, "/url") and "cannot be found" in refused["detail"], refused.text
    assert make(shop, key)["secret"], "the key was not used"
    endpoint = shop.get(ENDPOINTS)["data"][0]
    moved = send(shop, "PATCH", f"{ENDPOINTS}/{endpoint['id']}", {"url": "https://no-such-host.invalid/"})
    assert (moved.status, moved["pointer"]) == (400, "/url")
    assert shop.get(f"{ENDPOINTS}/{endpoint['id']}").json() == endpoint


def test_loopback_is_for_test_mode_alone(gateway):
    live = gateway.merchant_client("Live only", "live")
    refused = post(live, ENDPOINTS, {"url": URL})
    assert (refused.status, refused["pointer"]) == (400, "/url")


def test_a_type_that_is_none_is_named_with_the_one_that_was_meant(shop):
    refused = post(shop, ENDPOINTS, {"url": URL, "types": ["payment.captued", "refund.succeeded"]})
    assert (refused.status, refused["pointer"]) == (400, "/types")
    assert '"payment.captued" (did you mean payment.captured?)' in refused["detail"]


@pytest.mark.parametrize("body", [
    {}, {"url": None}, {"url": URL, "types": "all"}, {"url": URL, "types": ["payment.failed", "payment.failed"]},
    {"url": URL, "description": "x" * 257}, {"url": URL, "secret": "whsec_mine"}, {"url": URL, "live": True}, [], "x",
    {"url": "http://127.0.0.1:9/4242424242424242"},
])
def test_a_body_that_says_something_else_is_refused(shop, body):
    refused = post(shop, ENDPOINTS, body)
    assert refused.status == 400, refused.text
    assert shop.get(ENDPOINTS)["data"] == []


def test_deletions_take_no_body_and_posts_take_a_key(shop):
    path = f"{ENDPOINTS}/{make(shop)['id']}"
    assert send(shop, "DELETE", path, {})["code"] == "malformed_request"
    for tail in ("", "/enable", "/disable", "/rotate-secret", "/test"):
        answer = request(shop.port, "POST", (path if tail else ENDPOINTS) + tail, shop.headers(), json.dumps({"url": URL}))
        assert (answer.status, answer["code"]) == (400, "idempotency_key_missing"), tail
    assert shop.get(path).status == 200


def test_at_most_sixteen_in_each_mode_however_many_ask_at_once(gateway, shop):
    live = Client(gateway.port, gateway.create_key(shop.merchant, "live")["key"])
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(shop, ENDPOINTS, {"url": URL}), range(20)))
    assert sorted(answer.status for answer in answers) == [201] * 16 + [422] * 4
    assert {answer["code"] for answer in answers if answer.status == 422} == {"operation_not_allowed"}
    assert len(shop.get(f"{ENDPOINTS}?limit=100")["data"]) == 16
    assert live.get(ENDPOINTS)["data"] == []
    logged = json.loads(gateway.cli("audit", "--merchant", shop.merchant, "--json").stdout)["data"]
    assert [row["action"] for row in logged].count("webhook_endpoint.create") == 16


def test_a_09_endpoints_of_others_are_as_missing_ones(gateway, shop):
    stranger = gateway.merchant_client("Stranger")
    live = Client(gateway.port, gateway.create_key(shop.merchant, "live")["key"])
    endpoint = make(shop)["id"]
    calls = [("GET", "", None), ("PATCH", "", {"url": URL + "/mine"}), ("DELETE", "", None), ("POST", "/enable", {}),
             ("POST", "/disable", {}), ("POST", "/rotate-secret", {}), ("POST", "/test", {})]
    for method, tail, body in calls:
        missing = send(stranger, method, f"{ENDPOINTS}/{NOBODY}{tail}", body)
        assert (missing.status, missing["code"]) == (404, "not_found"), f"{method} {tail}: {missing.text}"
        for client, wrong in ((stranger, endpoint), (live, endpoint), (shop, endpoint.upper()), (shop, endpoint[3:]),
                              (shop, endpoint + "0"), (shop, "pay_" + endpoint[3:]), (shop, "%"), (shop, shop.merchant)):
            assert shape(send(client, method, f"{ENDPOINTS}/{wrong}{tail}", body)) == shape(missing), f"{method} {wrong}{tail}"
    assert shop.get(f"{ENDPOINTS}/{endpoint}")["url"] == URL and len(shop.get(ENDPOINTS)["data"]) == 1
    assert stranger.get(ENDPOINTS)["data"] == live.get(ENDPOINTS)["data"] == []
    key = new_key()
    make(shop, key)
    assert "idempotent-replayed" not in post(stranger, ENDPOINTS, {"url": URL}, key).headers


def test_every_change_leaves_a_row_that_says_who_did_what(gateway):
    shop = shop_admin(gateway, gateway.create_merchant("Logged"))
    endpoint = make(shop)["id"]
    path = f"{ENDPOINTS}/{endpoint}"
    send(shop, "PATCH", path, {"types": ["payment.failed"]})
    for tail in ("/rotate-secret", "/disable", "/enable"):
        assert post(shop, path + tail).status == 200
    request(shop.port, "DELETE", path, shop.headers())
    rows = [row for row in shop.get(f"{AUDIT}?limit=100")["data"] if row["subject"] == endpoint]
    assert [row["action"].removeprefix("webhook_endpoint.") for row in rows] == [
        "delete", "enable", "disable", "rotate_secret", "update", "create"]
    assert {row["actor"] for row in rows} == {shop.key_id}
    assert rows[4]["details"] == {"types": {"from": [], "to": ["payment.failed"]}}


def test_the_answers_agree_with_the_contract(shop):
    contract = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())
    begin = len(client_module.recorded)
    path = f"{ENDPOINTS}/{make(shop, key := new_key(), types=['refund.failed', 'webhook_endpoint.disabled'])['id']}"
    post(shop, ENDPOINTS, {"url": URL}, key)
    post(shop, ENDPOINTS, {"url": "https://10.0.0.1/"})
    shop.get(path), shop.get(ENDPOINTS), shop.get(f"{ENDPOINTS}?limit=0"), shop.get(f"{ENDPOINTS}/{NOBODY}")
    send(shop, "PATCH", path, {"description": "x"}), send(shop, "PATCH", path, {"nothing": 1})
    for tail in ("/test", "/rotate-secret", "/disable", "/test", "/enable"):
        post(shop, path + tail)
    request(shop.port, "DELETE", path, shop.headers())
    assert len(client_module.recorded) - begin == 15
    for method, target, answer in client_module.recorded[begin:]:
        bare = re.sub(r"we_[0-9a-f-]{36}", "{endpoint_id}", target.split("?")[0])
        response = contract["paths"][bare][method.lower()]["responses"][str(answer.status)]
        if "$ref" in response:
            response = contract["components"]["responses"][response["$ref"].split("/")[-1]]
        schema = response["content"][answer.headers["content-type"]]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": contract["components"]}).validate(answer.json())


def run(gateway, *arguments, **more):
    return gateway.cli("webhooks", "endpoints", *arguments, **more)


def test_an_operator_manages_endpoints_by_the_command_line(gateway, shop):
    made = json.loads(run(gateway, "create", "--merchant", shop.merchant, "--url", URL, "--types",
                          "payment.captured,refund.failed", "--description", "till", "--json").stdout)
    assert re.fullmatch(SECRET, made["secret"]) and shop.get(f"{ENDPOINTS}/{made['id']}").json() == without_secret(made)
    assert json.loads(run(gateway, "show", made["id"], "--json").stdout) == without_secret(made)
    line = run(gateway, "list", "--merchant", shop.merchant).stdout
    assert made["id"] in line and "payment.captured,refund.failed" in line and "till" in line and line.count("\n") == 1
    assert json.loads(run(gateway, "update", made["id"], "--types", "all", "--json").stdout)["types"] == []
    rotated = run(gateway, "rotate", made["id"], "--overlap", "0")
    assert re.fullmatch(SECRET, rotated.stdout.splitlines()[1]) and "only now" in rotated.stderr
    assert "disabled (operator)" in run(gateway, "disable", made["id"]).stdout
    assert run(gateway, "test", made["id"], check=False).returncode == 1
    assert "enabled" in run(gateway, "enable", made["id"]).stdout
    event = json.loads(run(gateway, "test", made["id"], "--json").stdout)["event_id"]
    assert shop.get(f"/api/v1/events/{event}")["type"] == "webhook_endpoint.test"
    assert "deleted (operator)" in run(gateway, "delete", made["id"]).stdout
    assert shop.get(ENDPOINTS)["data"] == []
    actions = [row["action"] for row in json.loads(gateway.cli("audit", "--merchant", shop.merchant, "--json").stdout)["data"]]
    assert actions[0] == "webhook_endpoint.delete" and len(actions) == 9, actions


@pytest.mark.parametrize("arguments, code, says", [
    (["create", "--merchant", "{merchant}", "--url", "https://10.0.0.1/"], 1, "not public"),
    (["create", "--merchant", "{merchant}", "--url", URL, "--types", "payment.captued"], 2, "did you mean payment.captured?"),
    (["create", "--merchant", "{merchant}", "--mode", "live", "--url", URL], 1, "not public"),
    (["create", "--merchant", "mer_00000000-0000-7000-8000-000000000000", "--url", URL], 1, "florin merchants list"),
    (["show", NOBODY], 1, "florin webhooks endpoints list"),
    (["delete", NOBODY], 1, "florin webhooks endpoints list"),
    (["rotate", "key_x"], 2, "we_0189"),
    (["rotate", NOBODY, "--overlap", "8d"], 2, "up to 7d"),
], ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else None)
def test_what_a_command_cannot_do_is_one_line_that_says_why(gateway, shop, arguments, code, says):
    done = run(gateway, *(word.format(merchant=shop.merchant) for word in arguments), check=False)
    assert done.returncode == code and says in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_help_names_the_types_of_events(gateway):
    text = run(gateway, "create", "--help").stdout
    for word in ("payment.captured", "webhook_endpoint.disabled", "whsec_", "docs/webhooks.md"):
        assert word in text
