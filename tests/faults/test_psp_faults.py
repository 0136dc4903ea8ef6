"""Every fault of the PSP, one by one: nothing is guessed, nothing is charged twice, everything settles after healing."""

import pytest

from harness.client import new_key
from harness.processes import wait_until


def charged(world, payment_id):
    return [row for row in world.simulator.truth(payment_id) if row["kind"] == "charge" and row["captured"]]


UNKNOWN = ["hang", "hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
           "error_after_processing", "half_body", "slow_drip", "wrong_amount", "wrong_currency", "wrong_reference", "garbage"]


@pytest.mark.parametrize("action", UNKNOWN)
def test_an_unclear_answer_is_pending_and_settles_to_the_truth(quick, client, action):
    fault = quick.simulator.fault(action, times=1)
    key = new_key()
    answer = client.pay(key)
    assert answer.status == 202 and answer["status"] == "pending", answer.text
    assert quick.simulator.hits(fault) == 1
    quick.simulator.heal()
    final = client.settled(answer["payment_id"], 60)
    money = charged(quick, answer["payment_id"])
    assert len(money) <= 1
    assert (final["status"] == "captured") == (len(money) == 1), final
    replay = client.pay(key)
    if final["status"] == "captured":
        assert replay.status == 200 and replay["payment_id"] == answer["payment_id"]
    assert len(charged(quick, answer["payment_id"])) <= 1
    assert not quick.simulator.duplicates()


@pytest.mark.parametrize("action", ["refuse", "rate_limit"])
def test_a_proof_that_nothing_happened_is_503_and_may_be_repeated(quick, client, action):
    fault = quick.simulator.fault(action, times=1)
    key = new_key()
    answer = client.pay(key)
    assert quick.simulator.hits(fault) == 1
    if action == "rate_limit":
        assert answer.status == 503 and answer["code"] == "not_executed"
    quick.simulator.heal()
    wait_until("the repeat succeeds", lambda: client.pay(key).status == 200, 60, 0.5)
    payment_id = client.pay(key)["payment_id"]
    assert len(charged(quick, payment_id)) == 1


def test_a_psp_that_is_down_gives_503_with_the_document_and_recovers(quick, client):
    quick.simulator.terminate()
    key = new_key()
    answer = client.pay(key)
    assert answer.status == 503 and answer["payment"]["failure_code"] == "not_executed", answer.text
    quick.simulator.start()
    assert client.pay(key).status == 200
    assert len(charged(quick, answer["payment"]["payment_id"])) == 1


def test_a_decline_injected_at_the_psp_is_a_402(quick, client):
    quick.simulator.fault("decline", times=1)
    assert client.pay().status == 402


def test_contradictions_are_counted_and_logged_as_alerts(quick, client):
    from harness.client import request
    quick.simulator.fault("wrong_amount", times=1)
    payment_id = client.pay()["payment_id"]
    quick.simulator.heal()
    client.settled(payment_id)
    metrics = request(quick.gateway.port, "GET", "/metrics").text
    assert any(line.startswith("florin_psp_alerts_total{") and not line.endswith(" 0") for line in metrics.splitlines())


def test_nothing_stays_open_after_the_psp_has_healed(quick, client):
    for action in UNKNOWN:
        quick.simulator.fault(action, times=3, probability=0.9)
    answers = client.pay_in_parallel(60, lambda n: new_key())
    quick.simulator.heal()
    with quick.gateway.database() as database:
        wait_until("no open operation is left",
                   lambda: database.execute("select count(*) from open_operations").fetchone()[0] == 0, 90, 0.2)
    for answer in answers:
        payment = answer.json().get("payment", answer.json())
        final = client.payment(payment["payment_id"]).json()
        assert (final["status"] == "captured") == (len(charged(quick, payment["payment_id"])) == 1)
    assert not quick.simulator.duplicates()
    verified = quick.gateway.verify()
    assert verified.returncode == 0, verified.stdout + verified.stderr
