"""P-07 and what else a PSP's answer must never do: whatever comes, it is logged and counted, the operation stays unknown, no
money changes, and memory is bounded. Each action strikes every call, the resolver's reads and repeats too, until healed."""

import json
import re

import pytest

from harness.agreement import agree, quiet, verified
from harness.client import new_key, request
from harness.processes import wait_until
from harness.raw_http import quarantine_kib, status_kib

JSON, CONTRADICTION = "not well-formed JSON or not an object", "contradicts the request in"
# What the log says of it: a fragment of the evidence. A state that nobody knows is named as it is where no figure contradicts.
HOSTILE = {
    "garbage": "a content type that is not JSON",
    "wrong_content_type": "a content type that is not JSON",
    "utf16": JSON,
    "empty_body": "an empty body",
    "half_body": "the connection was closed inside the answer's body",
    "huge_body": "answer larger than",
    "endless_body": "answer larger than",
    "gzip_bomb": "a content encoding that was not asked for",
    "deep_body": JSON,
    "byte_order_mark": JSON,
    "not_a_number": JSON,
    "duplicate_keys": JSON,
    "wrong_types": CONTRADICTION,
    "wrong_amount": CONTRADICTION,
    "wrong_currency": CONTRADICTION,
    "wrong_reference": CONTRADICTION,
    "wrong_mode": CONTRADICTION,
    "other_object": CONTRADICTION,
    "wrong_status": CONTRADICTION,  # what is in no state that holds money says that it was received
}
ALERTS = {action for action, evidence in HOSTILE.items() if evidence == CONTRADICTION}
# No whole answer: the PSP counts as away, and the resolver asks it seldom.
CUT_OFF = {"half_body", "huge_body", "endless_body"}
# Refunds have no mode at the PSP: there is nothing to falsify.
UNTOUCHED = {("wrong_mode", "refund")}
CALLS = 20
# Each call may hold one answer up to the adapter's limit of 4 MiB; what is longer is cut off there.
BOUND_KIB = CALLS * 4 * 1024 + 32 * 1024


class Begun:
    """What was asked under hostile answers, to be looked at again when all is healed."""
    def __init__(self):
        self.payments = []


@pytest.fixture(scope="module")
def begun():
    return Begun()


def prepared(client):
    """Each operation that moves money, ready to be asked."""
    held = {name: client.authorize()["payment_id"] for name in ("capture", "void")}
    paid = client.pay()["payment_id"]
    return {
        "sale": lambda: client.pay(),
        "authorize": lambda: client.authorize(),
        "capture": lambda: client.capture(held["capture"], amount=6000),
        "void": lambda: client.void(held["void"]),
        "refund": lambda: client.refund(paid, amount=3000),
    }


def pending(answer):
    """The payment of an operation that is open."""
    assert answer.status == 202, answer.text
    document = answer.json()
    assert document.get("operation", document)["status"] == "pending", answer.text
    return document["payment_id"]


def entries(gateway, payment_id):
    with gateway.database() as database:
        return database.execute("select count(*) from ledger_entries e join operations o using (operation_id)"
                                " where o.payment_id = %s", (payment_id[4:],)).fetchone()[0]


def tries(gateway, payment_id):
    """How often the PSP was asked about the open operation of the payment, the first call included; 0 when none is open."""
    with gateway.database() as database:
        row = database.execute("select tries from open_operations where payment_id = %s", (payment_id[4:],)).fetchone()
        return row[0] if row else 0


def lines_about(gateway, begin, payment_id):
    lines = [json.loads(line) for line in gateway.log()[begin:].splitlines() if line.startswith("{")]
    return [line for line in lines if payment_id in line.values() and "evidence" in line]


def calls_counted(gateway, call, result):
    pattern = re.compile(r'florin_psp_call_seconds_count\{(.*)\} (\d+)')
    metrics = request(gateway.port, "GET", "/metrics").text
    return sum(int(count) for labels, count in pattern.findall(metrics)
               if f'call="{call}"' in labels and f'result="{result}"' in labels)


@pytest.mark.parametrize("action", HOSTILE)
def test_p_07_a_hostile_answer_leaves_the_operation_unknown(quick, client, begun, action):
    gateway, simulator = quick.gateway, quick.simulator
    operations = {name: ask for name, ask in prepared(client).items() if (action, name) not in UNTOUCHED}
    begin, counted = len(gateway.log()), {name: calls_counted(gateway, name, "unclear") for name in operations}
    simulator.fault(action, operation="*")
    asked = {name: pending(ask()) for name, ask in operations.items()}
    before = {payment_id: entries(gateway, payment_id) for payment_id in asked.values()}
    for name, payment_id in asked.items():
        assert calls_counted(gateway, name, "unclear") > counted[name], name
        evidence = [line["evidence"] for line in lines_about(gateway, begin, payment_id)]
        assert any(HOSTILE[action] in text or "teleported" in text for text in evidence), (name, evidence)
    for name, payment_id in asked.items():
        looks = 1 if action in CUT_OFF else 2
        wait_until(f"the resolver has looked at the {name}", lambda: tries(gateway, payment_id) >= looks, 60, 0.1)
        assert client.operations(payment_id)[-1]["outcome"] is None, name
        assert entries(gateway, payment_id) == before[payment_id], name
    events = {line["event"] for payment_id in asked.values() for line in lines_about(gateway, begin, payment_id)}
    assert ("psp.alert" in events) == (action in ALERTS), events
    begun.payments.extend((client, payment_id) for payment_id in asked.values())


def test_p_10_an_object_that_another_operation_has_books_nothing(quick, client, begun):
    first = client.pay()["payment_id"]
    begin = len(quick.gateway.log())
    fault = quick.simulator.fault("other_id", operation="create", times=1, match={"amount": 4321})
    payment_id = pending(client.pay(amount=4321))
    assert quick.simulator.hits(fault) == 1 and entries(quick.gateway, payment_id) == 0
    assert '"payment.reference_taken"' in quick.gateway.log()[begin:]
    begun.payments += [(client, payment_id), (client, first)]


def test_afterwards_all_is_settled_to_the_truth(quick, begun):
    quick.simulator.heal()
    assert begun.payments
    for client, payment_id in begun.payments:
        quiet(client, payment_id, 180)
        agree(quick.simulator, client, payment_id)
    verified(quick.gateway)
    assert not quick.simulator.duplicates()


@pytest.mark.parametrize("action", ["huge_body", "endless_body", "gzip_bomb", "deep_body"])
def test_p_07_large_answers_cost_bounded_memory(quick, client, action):
    client.pay()
    before = status_kib(quick.gateway, "VmHWM")
    quick.simulator.fault(action, operation="create", bytes=100_000_000, times=CALLS)
    answers = client.pay_in_parallel(CALLS, lambda n: new_key())
    assert {answer.status for answer in answers} == {202}
    assert status_kib(quick.gateway, "VmHWM") - before < BOUND_KIB + quarantine_kib(quick.gateway)
    quick.simulator.heal()
    for answer in answers:
        assert quiet(client, answer["payment_id"])["status"] == "captured"
