"""A-09, A-11: managing merchants and keys by the admin API: who may what, what is shown, and what the log says of it."""

import json
import re

import pytest

from harness.admin import AUDIT, KEYS, MERCHANTS, client_of, new_api_key, operator, post, send, shop_admin, works
from harness.client import new_key, request
from harness.processes import wait_until

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def ops(world):
    return operator(world.gateway)


@pytest.fixture(scope="module")
def mine(world):
    return shop_admin(world.gateway, world.gateway.create_merchant("Mine"))


@pytest.fixture(scope="module")
def theirs(world):
    return shop_admin(world.gateway, world.gateway.create_merchant("Theirs"))


def shape(answer):
    """What must be equal: all but the request id and what depends on the moment."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
    return answer.status, re.sub(r"req_[0-9a-f-]{36}", "req_", answer.text), headers


def forbidden(answer):
    assert (answer.status, answer["code"]) == (403, "forbidden"), answer.text
    return True


def test_a_merchant_is_made_read_changed_closed_and_listed(ops):
    made = post(ops, MERCHANTS, {"name": "Books & Co", "default_fee": {"basis_points": 290, "fixed": 30},
                                 "fees": {"EUR": {"basis_points": 150, "fixed": 25}}})
    assert made.status == 201 and made["fees"] == {"EUR": {"basis_points": 150, "fixed": 25}}, made.text
    path = f"{MERCHANTS}/{made['id']}"
    assert ops.get(path).json() == made.json() and made["closed_at"] is None and made["rate_limit"] is None
    change = {"fees": {"JPY": {"basis_points": 300, "fixed": 0}, "EUR": None},
              "rate_limit": {"requests_per_second": 5, "burst": 9}}
    changed = send(ops, "PATCH", path, change)
    assert changed.status == 200, changed.text
    fees = {"JPY": {"basis_points": 300, "fixed": 0}}
    assert changed.json() == {**made.json(), "fees": fees, "rate_limit": change["rate_limit"]}
    closed = send(ops, "PATCH", path, {"closed": True, "rate_limit": None})
    assert closed["closed_at"] and closed["rate_limit"] is None
    assert send(ops, "PATCH", path, {"closed": True}).json() == closed.json(), "the same again changes nothing"
    assert send(ops, "PATCH", path, {"closed": False})["closed_at"] is None
    assert made["id"] in [row["id"] for row in ops.get(f"{MERCHANTS}?limit=100").json()["data"]]
    actions = [row["action"] for row in ops.get(f"{AUDIT}?limit=100").json()["data"] if row["subject"] == made["id"]]
    assert actions == ["merchant.update"] * 3 + ["merchant.create"]


def test_a_new_fee_holds_for_the_next_payment(gateway, ops, mine):
    merchant = gateway.merchant_client("Fees", basis_points=0, fixed=0)
    merchant.pay(amount=10000, currency="EUR")
    send(ops, "PATCH", f"{MERCHANTS}/{merchant.merchant}", {"fees": {"EUR": {"basis_points": 100, "fixed": 50}}})
    merchant.pay(amount=10000, currency="EUR")
    assert merchant.get("/api/v1/balance")["data"][0]["payable"] == 10000 + 10000 - 150


def test_a_merchants_own_rate_limit_holds(gateway, ops):
    merchant = gateway.merchant_client("Slow")
    send(ops, "PATCH", f"{MERCHANTS}/{merchant.merchant}", {"rate_limit": {"requests_per_second": 1, "burst": 2}})
    answer = wait_until("it is limited", lambda: (one := merchant.get("/api/v1/balance")).status == 429 and one, 30, 0)
    assert int(answer.headers["retry-after"]) >= 1


def test_a_key_is_shown_once_and_works(gateway, mine):
    key = new_key()
    wanted = {"name": "reports", "scopes": ["read"], "expires_at": "2999-01-31T00:00:00.000Z"}
    made = post(mine, KEYS, wanted, key)
    assert made.status == 201 and re.fullmatch("sk_test_[0-9A-Za-z]{48}", made["key"]), made.text
    assert made["merchant_id"] == mine.merchant and made["mode"] == "test" and made["scopes"] == ["read"]
    assert made["expires_at"] == wanted["expires_at"] and made["hint"] == "sk_test_…" + made["key"][-4:]
    assert works(client_of(gateway, made.json()))
    again = post(mine, KEYS, wanted, key)
    assert again.status == 201 and again.headers["idempotent-replayed"] == "true"
    assert again["key"] is None and again["id"] == made["id"], "a replay tells no secret"
    other = post(mine, KEYS, {**wanted, "scopes": ["read", "write"]}, key)
    assert (other.status, other["code"]) == (422, "idempotency_key_reused")
    rest = [mine.get(f"{KEYS}/{made['id']}").text, mine.get(f"{KEYS}?limit=100").text, mine.get(f"{AUDIT}?limit=100").text,
            gateway.cli("keys", "list").stdout, gateway.log()]
    assert not any(made["key"] in text or made["key"][8:40] in text for text in rest)


def test_rotations_and_revocations_are_replayed_too(gateway, mine):
    old, key = new_api_key(mine), new_key()
    path = f"{KEYS}/{old['id']}/rotate"
    made, again = post(mine, path, {}, key), post(mine, path, {}, key)
    assert made.status == again.status == 201 and again["id"] == made["id"] and made["key"] and again["key"] is None
    assert post(mine, path, {"overlap_seconds": 0}, key)["code"] == "idempotency_key_reused"
    late = post(mine, path)
    assert (late.status, late["code"]) == (422, "operation_not_allowed") and made["id"] in late["detail"]
    path = f"{KEYS}/{made['id']}/revoke"
    assert "idempotent-replayed" not in post(mine, path, {}, key := new_key()).headers
    assert post(mine, path, {}, key).headers["idempotent-replayed"] == "true"
    first = mine.get(f"{KEYS}/{made['id']}")["revoked_at"]
    assert first and post(mine, path)["revoked_at"] == first, "revoking it again changes nothing"


def test_a_12_another_merchants_keys_are_as_missing_ones_and_still_work(gateway, mine, theirs):
    key = new_api_key(theirs)
    live = client_of(gateway, new_api_key(shop_admin(gateway, theirs.merchant, "live")))
    for id in (key["id"], live.key_id, theirs.key_id, "key_x", "%", operator(gateway).key_id):
        for method, tail in (("GET", ""), ("POST", "/revoke"), ("POST", "/rotate")):
            answer = send(mine, method, f"{KEYS}/{id}{tail}", None if method == "GET" else {})
            missing = send(mine, method, f"{KEYS}/key_{NOBODY}{tail}", None if method == "GET" else {})
            assert answer.status == 404 and shape(answer) == shape(missing), f"{method} {id}{tail}"
    assert works(client_of(gateway, key)) and works(live) and works(theirs)
    for merchant in (theirs.merchant, "mer_x"):
        answers = [post(mine, KEYS, {"name": "x", "merchant_id": id}) for id in (merchant, f"mer_{NOBODY}")]
        assert answers[0].status == 404 and shape(answers[0]) == shape(answers[1])
        lists = [mine.get(f"{KEYS}?merchant_id={id}") for id in (merchant, f"mer_{NOBODY}")]
        assert lists[0].status == 404 and shape(lists[0]) == shape(lists[1])
    shown = mine.get(f"{KEYS}?limit=100").json()["data"]
    assert {(row["merchant_id"], row["mode"]) for row in shown} == {(mine.merchant, "test")}
    seen = mine.get(f"{AUDIT}?limit=100").text
    assert theirs.merchant not in seen and theirs.key_id not in seen


def test_a_11_a_test_key_makes_and_manages_no_live_keys(gateway, mine):
    live = shop_admin(gateway, mine.merchant, "live")
    before = len(live.get(f"{KEYS}?limit=100").json()["data"])
    assert forbidden(post(mine, KEYS, {"name": "x", "mode": "live"}))
    assert forbidden(post(live, KEYS, {"name": "x", "mode": "test"}))
    for tail in ("/rotate", "/revoke"):
        assert forbidden(post(mine, f"{KEYS}/{live.key_id}{tail}"))
    assert forbidden(mine.get(f"{KEYS}/{live.key_id}"))
    assert works(live) and len(live.get(f"{KEYS}?limit=100").json()["data"]) == before


def test_a_11_merchants_are_managed_by_operators_only(gateway, mine):
    for method, path, body in (("POST", MERCHANTS, {"name": "x"}), ("GET", MERCHANTS, None),
                               ("GET", f"{MERCHANTS}/{mine.merchant}", None), ("GET", f"{MERCHANTS}/mer_{NOBODY}", None),
                               ("PATCH", f"{MERCHANTS}/{mine.merchant}", {"closed": False})):
        begin = len(gateway.log())
        answer = send(mine, method, path, body)
        assert forbidden(answer)
        lines = [json.loads(line) for line in gateway.log()[begin:].splitlines() if answer["request_id"] in line]
        assert [(line["level"], line["key"]) for line in lines] == [("warning", mine.key_id)], "one line, and no more"


def test_a_11_no_operators_key_is_made_by_the_api(gateway, ops, mine):
    for client in (ops, mine):
        assert post(client, KEYS, {"name": "x", "mode": "admin"})["pointer"] == "/mode"
    other = operator(gateway)
    assert forbidden(post(ops, f"{KEYS}/{other.key_id}/rotate"))
    assert ops.get(f"{KEYS}/{other.key_id}")["mode"] == "admin"
    assert post(ops, f"{KEYS}/{other.key_id}/revoke").status == 200
    wait_until("it is refused", lambda: other.get(MERCHANTS).status == 401)


def test_an_operator_makes_the_keys_of_any_merchant(gateway, ops, mine):
    made = new_api_key(ops, merchant_id=mine.merchant, mode="live", scopes=["read", "write"])
    assert made["key"].startswith("sk_live_") and works(client_of(gateway, made))
    assert post(ops, KEYS, {"name": "x", "mode": "test"})["pointer"] == "/merchant_id"
    assert post(ops, KEYS, {"name": "x", "merchant_id": mine.merchant})["pointer"] == "/mode"
    for id in (f"mer_{NOBODY}", "mer_x"):
        assert post(ops, KEYS, {"name": "x", "merchant_id": id, "mode": "test"}).status == 404
        assert ops.get(f"{MERCHANTS}/{id}").status == send(ops, "PATCH", f"{MERCHANTS}/{id}", {"name": "y"}).status == 404


def test_the_log_names_actor_and_subject_and_no_secret(gateway, ops, mine):
    made = new_api_key(mine, name="logged")
    post(ops, f"{KEYS}/{made['id']}/revoke")
    by_cli = json.loads(gateway.cli("keys", "create", "--merchant", mine.merchant, "--name", "by hand", "--json").stdout)
    rows = ops.get(f"{AUDIT}?limit=10")
    of = {(row["action"], row["subject"]): row for row in rows.json()["data"]}
    assert of[("key.create", made["id"])]["actor"] == mine.key_id
    assert of[("key.create", made["id"])]["details"]["name"] == "logged"
    assert of[("key.revoke", made["id"])]["actor"] == ops.key_id
    assert re.fullmatch("cli:.+", of[("key.create", by_cli["id"])]["actor"])
    for secret in (made["key"], by_cli["key"], mine.secret, ops.secret):
        assert secret not in rows.text and secret[-40:] not in rows.text
    with gateway.database() as database:
        stored = database.execute("select string_agg(a::text, ' ') from admin_audit_log a").fetchone()[0]
    assert made["key"][8:40] not in stored and by_cli["key"][8:40] not in stored


def test_lists_come_in_pages_without_gap_or_repeat(mine):
    for _ in range(3):
        new_api_key(mine)
    for path in (KEYS, AUDIT):
        whole = [row["id"] for row in mine.get(f"{path}?limit=100").json()["data"]]
        seen, after = [], ""
        while after is not None:
            page = mine.get(f"{path}?limit=2{after and '&starting_after=' + after}").json()
            seen += [row["id"] for row in page["data"]]
            after = page["next_starting_after"] if page["has_more"] else None
        assert seen == whole == sorted(whole, reverse=True) and len(whole) >= 3
        for query in ("limit=0", "limit=101", "limit=x", "starting_after=pay_1", "starting_after=", "page=2", "limit=1&limit=1"):
            assert mine.get(f"{path}?{query}").status == 400, query


@pytest.mark.parametrize("path, body, pointer", [
    (KEYS, {"name": "x", "hash": "00"}, "/hash"), (KEYS, {"name": "x", "scopes": ["root"]}, "/scopes"),
    (KEYS, {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"), (KEYS, {}, "/name"),
    (MERCHANTS, {"name": "x", "id": "mer_1"}, "/id"), (MERCHANTS, {"name": "x", "closed_at": None}, "/closed_at"),
    (MERCHANTS, {"name": ""}, "/name"), (MERCHANTS, {"name": "4242424242424242"}, "/name"),
    (MERCHANTS, {"name": "x", "default_fee": {"basis_points": 10001, "fixed": 0}}, "/default_fee")])
def test_a_10_bodies_are_read_strictly(ops, path, body, pointer):
    answer = post(ops, path, body)
    assert answer.status == 400 and answer["pointer"] == pointer, answer.text


def test_posts_need_an_idempotency_key_and_json(ops, mine):
    for path in (MERCHANTS, KEYS, f"{KEYS}/{mine.key_id}/rotate", f"{KEYS}/{mine.key_id}/revoke"):
        answer = request(ops.port, "POST", path, ops.headers(), "{}")
        assert (answer.status, answer["code"]) == (400, "idempotency_key_missing"), path
        answer = request(ops.port, "POST", path, {**ops.headers(), "Idempotency-Key": "k", "Content-Type": "text/plain"}, "{}")
        assert answer.status == 415, path
    assert works(mine)


def test_a_policy_before_expiry_is_set_shown_and_taken_back(gateway, ops):
    made = post(ops, MERCHANTS, {"name": "Hotel", "before_expiry": {"action": "capture", "hours_ahead": 12}})
    assert made.status == 201 and made["before_expiry"] == {"action": "capture", "hours_ahead": 12}, made.text
    path = f"{MERCHANTS}/{made['id']}"
    changed = send(ops, "PATCH", path, {"before_expiry": {"action": "void", "hours_ahead": 1}})
    assert changed["before_expiry"] == {"action": "void", "hours_ahead": 1}
    shown = gateway.cli("merchants", "show", made["id"]).stdout
    assert "void 1 h before expiry" in shown
    assert send(ops, "PATCH", path, {"before_expiry": None})["before_expiry"] is None
    assert json.loads(gateway.cli("merchants", "update", made["id"], "--before-expiry", "capture", "--json").stdout)[
        "before_expiry"] == {"action": "capture", "hours_ahead": 24}
    last = next(row for row in ops.get(f"{AUDIT}?limit=100").json()["data"] if row["subject"] == made["id"])
    assert last["details"] == {"before_expiry": {"from": None, "to": {"action": "capture", "hours_ahead": 24}}}
    wrong = gateway.cli("merchants", "update", made["id"], "--hours-ahead", "3", check=False)
    assert wrong.returncode == 2 and "--before-expiry" in wrong.stderr


@pytest.mark.parametrize("policy", [True, "capture", {}, {"action": "none", "hours_ahead": 1}, {"action": "capture"},
                                    {"action": "capture", "hours_ahead": 0}, {"action": "capture", "hours_ahead": 169},
                                    {"action": "capture", "hours_ahead": 1.5},
                                    {"action": "capture", "hours_ahead": 1, "more": 1}])
def test_a_policy_that_is_none_is_refused_by_its_field(ops, policy):
    answer = post(ops, MERCHANTS, {"name": "Hotel", "before_expiry": policy})
    assert answer.status == 400 and answer["pointer"].startswith("/before_expiry"), answer.text
