"""What waits, as operators see it, and a person's word about it: by command line and by API, for nobody else."""

import json

import pytest

from harness.admin import AUDIT, operator, post, send, shop_admin
from harness.client import new_key
from harness.processes import wait_until

OPERATIONS = "/api/v1/admin/operations"
MISSING = "op_01890000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def ops(quick):
    return operator(quick.gateway)


@pytest.fixture(scope="module")
def shop(quick):
    return shop_admin(quick.gateway, quick.gateway.create_merchant("Open"))


@pytest.fixture()
def gateway(quick):
    return quick.gateway


@pytest.fixture()
def merchant(client):
    return client


def resolve_path(operation):
    return f"{OPERATIONS}/{operation}/resolve"


def left_open(quick, merchant, amount=4321):
    """A payment of which the PSP answers nothing, neither now nor when it is asked again."""
    for name in ("create", "list", "read"):
        quick.simulator.fault(operation=name, action="error_before_processing", probability=1)
    answer = merchant.pay(amount=amount, currency="EUR")
    assert answer.status == 202, answer.text
    payment = answer["payment_id"]
    return payment, merchant.get(f"/api/v1/payments/{payment}/operations").json()["data"][0]["operation_id"]


def row_of(rows, operation):
    return next((row for row in rows if row["operation_id"] == operation), None)


def patiently(send_it):
    """A worker may be asking the PSP at that moment."""
    answers = []

    def ended():
        answers.append(send_it())
        return answers[-1].status != 409

    wait_until("nobody else works on it", ended, 90, 1)
    return answers[-1]


@pytest.fixture()
def stuck(quick, merchant):
    return left_open(quick, merchant)


def test_what_is_open_is_listed_with_the_money_at_risk(gateway, ops, stuck):
    payment, operation = stuck
    answer = ops.get(f"{OPERATIONS}?limit=100&mode=test&psp=stripe")
    assert answer.status == 200, answer.text
    row = row_of(answer.json()["data"], operation)
    assert row and (row["payment_id"], row["kind"], row["amount"], row["currency"]) == (payment, "sale", 4321, "EUR")
    summary = answer["summary"]
    assert summary["open"]["count"] >= 1 and summary["open"]["at_risk"]["EUR"] >= 4321
    listed = json.loads(gateway.cli("operations", "list", "--json").stdout)
    assert row_of(listed["data"], operation)["payment_id"] == payment
    text = gateway.cli("operations", "list").stdout
    assert operation in text and "43.21 EUR" in text and text.startswith("open ")
    assert row_of(ops.get(f"{OPERATIONS}?limit=100&mode=live").json()["data"], operation) is None
    assert row_of(ops.get(f"{OPERATIONS}?state=parked&limit=100").json()["data"], operation) is None


def test_pages_follow_each_other(ops, stuck):
    first = ops.get(f"{OPERATIONS}?limit=1")
    assert len(first.json()["data"]) == 1 and first["next_starting_after"] == first.json()["data"][0]["operation_id"]
    rest = ops.get(f"{OPERATIONS}?limit=100&starting_after={first['next_starting_after']}")
    assert row_of(rest.json()["data"], first["next_starting_after"]) is None


def test_show_says_what_happens_next_and_why(gateway, stuck):
    payment, operation = stuck
    story = json.loads(gateway.cli("operations", "show", operation, "--json").stdout)
    assert story["payment_id"] == payment and story["attempts"][0]["outcome"] is None
    assert story["next"]["step"] in ("repeat", "look_up") and story["next"]["why"] and story["psp_rules"]["psp"] == "stripe"
    text = gateway.cli("operations", "show", operation).stdout
    assert "next: " in text
    # Each repeat moves the moment from which absence proves something: while it may be sent there is none to name.
    assert story["next"]["may_send"] and story["next"]["time_fence_at"] is None and "absence proves" not in text
    missing = gateway.cli("operations", "show", MISSING, check=False)
    assert missing.returncode == 1 and "no operation" in missing.stderr


def test_a_word_without_proof_is_refused_and_with_force_it_is_final(gateway, merchant, ops, stuck):
    payment, operation = stuck
    word = {"outcome": "declined", "evidence": "dashboard: no such payment", "reason": "card_declined"}
    refused = patiently(lambda: post(ops, resolve_path(operation), word))
    assert (refused.status, refused["code"]) == (422, "operation_not_allowed"), refused.text
    assert "force" in refused["detail"] and merchant.payment(payment)["status"] == "pending"
    key = new_key()
    done = patiently(lambda: post(ops, resolve_path(operation), {**word, "force": True}, key))
    assert done.status == 200 and not done["proven"], done.text
    assert done["payment"]["status"] == "failed" == merchant.payment(payment)["status"]
    assert done["payment"]["failure_code"] == "card_declined"
    again = post(ops, resolve_path(operation), {**word, "force": True}, key)
    assert again.status == 200 and again.headers["idempotent-replayed"] == "true"
    other = post(ops, resolve_path(operation), {**word, "outcome": "not_executed", "reason": None, "force": True}, key)
    assert (other.status, other["code"]) == (422, "idempotency_key_reused")
    late = post(ops, resolve_path(operation), {**word, "force": True})
    assert late.status == 422 and "declined" in late["detail"], "it has ended already"
    row = next(row for row in ops.get(f"{AUDIT}?limit=100").json()["data"] if row["subject"] == operation)
    assert (row["action"], row["actor"]) == ("operation.resolve", ops.key_id)
    assert row["details"]["evidence"] == word["evidence"] and row["details"]["force"] is True
    audit = merchant.get(f"/api/v1/payments/{payment}/audit").json()["data"]
    assert audit[-1]["actor"] == ops.key_id and word["evidence"] in audit[-1]["details"]


def test_the_command_line_resolves_in_the_name_of_its_user(gateway, merchant, stuck):
    payment, operation = stuck
    arguments = ("operations", "resolve", operation, "--outcome", "not_executed", "--evidence", "support case 17", "--force",
                 "--json")
    tries = []

    def ended():
        tries.append(gateway.cli(*arguments, check=False))
        return "in this moment" not in tries[-1].stderr

    wait_until("nobody else works on it", ended, 90, 1)
    assert tries[-1].returncode == 0, tries[-1].stderr
    assert json.loads(tries[-1].stdout)["outcome"] == "not_executed"
    audit = merchant.get(f"/api/v1/payments/{payment}/audit").json()["data"]
    assert audit[-1]["actor"].startswith("cli:") and "support case 17" in audit[-1]["details"]


def test_what_the_psp_shows_wins(quick, merchant, ops):
    """The charge was made and its answer lost: whatever is said of it, it is booked."""
    quick.simulator.fault(operation="create", action="error_after_processing", probability=1)
    answer = merchant.pay(amount=777, currency="EUR")
    payment = answer["payment_id"]
    operation = merchant.get(f"/api/v1/payments/{payment}/operations").json()["data"][0]["operation_id"]
    word = {"outcome": "declined", "evidence": "I am sure of it", "force": True}
    told = patiently(lambda: post(ops, resolve_path(operation), word))
    assert told.status == 422, told.text
    quick.simulator.heal()
    wait_until("it is booked", lambda: merchant.payment(payment)["status"] == "captured", 60)


@pytest.mark.parametrize("body,pointer", [
    ({}, "/outcome"), ({"outcome": "declined"}, "/evidence"),
    ({"outcome": "maybe", "evidence": "x"}, "/outcome"), ({"outcome": "unknown", "evidence": "x"}, "/outcome"),
    ({"outcome": "declined", "evidence": ""}, "/evidence"), ({"outcome": "declined", "evidence": "x" * 1001}, "/evidence"),
    ({"outcome": "declined", "evidence": 1}, "/evidence"),
    ({"outcome": "declined", "evidence": "x", "force": "yes"}, "/force"),
    ({"outcome": "declined", "evidence": "x", "reason": "No!"}, "/reason"),
    ({"outcome": "approved", "evidence": "x", "reference": "a b"}, "/reference"),
    ({"outcome": "declined", "evidence": "x", "reference": "pi_1"}, "/reference"),
    ({"outcome": "declined", "evidence": "x", "amount": 1}, "/amount"),
])
def test_a_word_that_is_none_is_refused_by_its_field(ops, body, pointer):
    answer = post(ops, resolve_path(MISSING), body)
    assert answer.status == 400 and answer["pointer"] == pointer, answer.text


def test_evidence_holds_no_card_number(ops):
    body = {"outcome": "declined", "evidence": "he said 4242 4242 4242 4242"}
    answer = post(ops, resolve_path(MISSING), body)
    assert (answer.status, answer["code"]) == (400, "card_number_refused") and "4242" not in answer.text


def test_a_missing_and_a_malformed_id_look_alike(ops):
    body = {"outcome": "declined", "evidence": "x"}
    for id in (MISSING, "op_x", "pay_01890000-0000-7000-8000-000000000000"):
        answer = post(ops, resolve_path(id), body)
        assert (answer.status, answer["code"]) == (404, "not_found"), id


def test_an_unknown_merchant_is_not_one_with_nothing(gateway, ops):
    nobody = "mer_01890000-0000-7000-8000-000000000000"
    for id in (nobody, "mer_x"):
        answer = ops.get(f"{OPERATIONS}?merchant_id={id}")
        assert (answer.status, answer["code"]) == (404, "not_found"), answer.text
    for command in (("operations", "list"), ("keys", "list"), ("audit",)):
        done = gateway.cli(*command, "--merchant", nobody, check=False)
        assert done.returncode == 1 and not done.stdout and "florin merchants list" in done.stderr, command


def test_only_an_operator_sees_or_resolves(shop, merchant, stuck):
    _, operation = stuck
    for client in (shop, merchant):
        assert client.get(OPERATIONS).status == 403
        answer = post(client, resolve_path(operation), {"outcome": "declined", "evidence": "x", "force": True})
        assert (answer.status, answer["code"]) == (403, "forbidden")
        assert operation not in answer.text


def test_the_key_of_the_request_is_required(ops):
    answer = send(ops, "PUT", resolve_path(MISSING), {})
    assert answer.status == 405
    from harness.client import request
    answer = request(ops.port, "POST", resolve_path(MISSING), ops.headers(), json.dumps({"outcome": "declined", "evidence": "x"}))
    assert (answer.status, answer["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("query", ["state=open", "mode=both", "limit=0", "limit=101", "starting_after=pay_x", "who=me"])
def test_a_filter_that_is_none_is_refused(ops, query):
    assert ops.get(f"{OPERATIONS}?{query}").status == 400
