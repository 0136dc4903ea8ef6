"""kill -9 between the steps of a person's word: what was said is on record, and nothing is settled twice or by half."""

import pytest

from harness.admin import AUDIT, operator, post
from harness.client import new_key
from harness.crashes import check_books, dies_at, end_leases, send, wait_until_nothing_is_open
from harness.processes import World, wait_until


@pytest.fixture(scope="module")
def fragile():
    with World({"payments": {"answer_within_ms": 5000, "psp_deadline_ms": 6000}}) as world:
        yield world


@pytest.mark.parametrize("point", ["operator_before_audit@1", "operator_after_audit@1", "operator_after_commit@1"])
def test_a_repeat_of_the_word_after_a_crash_ends_it_once(fragile, point):
    gateway, client, key = fragile.gateway, fragile.gateway.merchant_client(), new_key()
    ops = operator(gateway)
    for name in ("create", "list", "read"):
        fragile.simulator.fault(operation=name, action="error_before_processing", probability=1)
    payment = client.pay()["payment_id"]
    operation = client.get(f"/api/v1/payments/{payment}/operations").json()["data"][0]["operation_id"]
    path = f"/api/v1/admin/operations/{operation}/resolve"
    word = {"outcome": "declined", "evidence": "support case 42", "force": True}
    gateway.terminate()
    with dies_at(gateway, point):
        def until_it_dies():
            while post(ops, path, word, key).status == 409:
                pass
        send(until_it_dies)
    end_leases(gateway)
    gateway.start()
    told = []

    def done():
        told.append(post(ops, path, word, key))
        return told[-1].status == 200

    wait_until("the word is final", done, 60, 0.5)
    fragile.simulator.heal()
    wait_until_nothing_is_open(gateway)
    assert client.payment(payment)["status"] == "failed"
    rows = [row for row in ops.get(f"{AUDIT}?limit=100").json()["data"] if row["subject"] == operation]
    assert [row["actor"] for row in rows] == [ops.key_id], "one row, whatever died"
    check_books(fragile)
