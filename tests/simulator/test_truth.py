"""The truth and the stored answers survive kill -9, a torn write and a restart."""

import concurrent.futures
import os

import pytest

from running_simulator import Simulator, wait_until


def reference(number):
    return {"metadata[florin_payment]": f"pay_{number}", "metadata[florin_operation]": f"op_{number}"}


def test_kill_9_keeps_truth_and_replays(simulator):
    paid = simulator.sale(key="paid", **reference(1))
    declined = simulator.sale(key="declined", payment_method="pm_card_visa_chargeDeclined")
    simulator.restart()
    assert [row["payment_id"] for row in simulator.truth("pay_1")] == ["pay_1"]
    for key, before, method in (("paid", paid, "pm_card_visa"), ("declined", declined, "pm_card_visa_chargeDeclined")):
        again = simulator.sale(key=key, payment_method=method, **(reference(1) if key == "paid" else {}))
        assert (again.status, again.body) == (before.status, before.body)
        assert again.headers["Idempotent-Replayed"] == "true"
    assert simulator.charged() == 1


def test_a_replay_is_the_first_answer_even_after_the_intent_changed(simulator):
    held = simulator.sale(key="k", capture_method="manual")
    intent = held.json["id"]
    assert simulator.stripe("POST", f"/v1/payment_intents/{intent}/cancel", key="c").json["status"] == "canceled"
    for _ in range(2):
        again = simulator.sale(key="k", capture_method="manual")
        assert again.body == held.body
        simulator.restart()
    assert [row["status"] for row in simulator.truth(intent)] == ["voided", "succeeded"]


def test_what_was_dropped_after_processing_is_true_after_kill_9(simulator):
    fault = simulator.fault("hang_after_processing")
    with pytest.raises(TimeoutError):
        simulator.sale(key="k", timeout=0.2, **reference(1))
    wait_until(lambda: simulator.hits(fault) == 1)
    simulator.restart()
    assert len(simulator.truth("op_1")) == 1
    assert simulator.sale(key="k", **reference(1)).headers["Idempotent-Replayed"] == "true"


def test_no_acknowledged_payment_is_lost_when_killed_under_load(simulator):
    def pay(number):
        try:
            return number if simulator.sale(key=f"key_{number}", **reference(number)).status == 200 else None
        except OSError:
            return None

    acknowledged = []
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for future in concurrent.futures.as_completed(pool.submit(pay, number) for number in range(600)):
            if future.exception() is None and future.result() is not None:
                acknowledged.append(future.result())
            if len(acknowledged) == 200 and simulator.process.poll() is None:
                simulator.kill()
    assert len(acknowledged) >= 200
    simulator.start()
    for number in acknowledged:
        assert simulator.sale(key=f"key_{number}", **reference(number)).headers["Idempotent-Replayed"] == "true"
    assert simulator.control("GET", "truth/duplicates") == {"data": []}


def cut_short(log, written):
    os.truncate(log, written - 7)


def garble(log, written):
    with open(log, "r+b") as file:
        file.seek(written - 20)
        file.write(b"\xff" * 8)


@pytest.mark.parametrize("tear", [cut_short, garble])
def test_a_torn_tail_is_cut_off(simulator, tear):
    for number in range(3):
        assert simulator.sale(key=f"k{number}", **reference(number)).status == 200
    simulator.kill()
    log = simulator.data / "truth.log"
    written = len(log.read_bytes().rstrip(b"\0"))  # zeros stand ready behind the last record
    tear(log, written)
    simulator.start()
    assert simulator.charged() == 2
    assert simulator.sale(key="k2", **reference(2)).headers["Idempotent-Replayed"] is None
    simulator.restart()
    assert simulator.charged() == 3


def test_a_restart_with_the_same_seed_makes_new_ids(simulator):
    first = simulator.sale().json["id"]
    simulator.restart()
    second = simulator.sale().json["id"]
    assert first != second
    assert simulator.charged() == 2


def test_duplicates_are_found(simulator):
    operation = "op_0193f1aa-0000-7000-8000-000000000001"
    for attempt in (1, 2):
        references = {"metadata[florin_payment]": "pay_1", "metadata[florin_operation]": f"{operation}-{attempt}"}
        assert simulator.sale(**references).status == 200
    found = simulator.control("GET", "truth/duplicates")["data"]
    assert [(row["by"], row["reference"], row["count"]) for row in found] == [
        ("payment", "pay_1", 2),
        ("operation", operation, 2),
    ]


def test_truth_by_reference_pages_and_sums(simulator):
    paid = [simulator.sale(amount=str(1000 + number), **reference(number)).json for number in range(3)]
    simulator.sale(amount="500", currency="jpy")
    for name in ("pay_1", "op_1", paid[1]["id"], paid[1]["latest_charge"]["id"]):
        rows = simulator.truth(name)
        [row] = rows
        assert (row["amount"], row["kind"], row["captured"], row["refunded"]) == (1001, "charge", 1001, 0)
    assert simulator.truth("pay_9") == []
    sums = simulator.control("GET", "truth/summary")["data"]
    assert [(row["kind"], row["currency"], row["count"], row["amount"], row["captured"]) for row in sums] == [
        ("charge", "JPY", 1, 500, 500),
        ("charge", "USD", 3, 3003, 3003),
    ]
    page = simulator.control("GET", "truth?limit=3")
    assert len(page["data"]) == 3
    rest = simulator.control("GET", f"truth?limit=3&after={page['next']}")
    assert (len(rest["data"]), rest["next"]) == (1, None)


def test_two_simulators_do_not_share_a_store(simulator):
    with pytest.raises(AssertionError):
        Simulator(simulator.data)


def test_sigterm_ends_cleanly(simulator):
    simulator.sale()
    assert simulator.stop() == 0


def test_challenges_survive_a_restart(simulator):
    shop = "https://shop.example/back"
    challenged = simulator.sale(payment_method="pm_card_threeDSecure2Required", return_url=shop).json
    simulator.control("POST", "clock", {"advance_ms": 1_800_000})
    simulator.restart()
    simulator.control("POST", "clock", {"advance_ms": 1_740_000})
    assert simulator.send("POST", f"/_simulator/3ds/{challenged['id']}/approve").status == 303
    assert len(simulator.truth(challenged["id"])) == 1


def test_kill_9_keeps_captures_voids_and_refunds_and_their_replays(simulator):
    several = {"payment_method_options[card][request_multicapture]": "if_available"}
    intent = simulator.sale(key="held", capture_method="manual", **several, **reference(1)).json["id"]
    path = f"/v1/payment_intents/{intent}"
    calls = [
        ("op_2", f"{path}/capture", {"amount_to_capture": "999", "final_capture": "false", "metadata[op_2]": "1:999"}),
        ("op_3", "/v1/refunds", {"payment_intent": intent, "amount": "9", "metadata[florin_operation]": "op_3"}),
        ("op_4", f"{path}/cancel", {}),
        ("op_5", f"{path}/capture", {}),
    ]
    before = [simulator.stripe("POST", path, parameters, key) for key, path, parameters in calls]
    assert [answer.status for answer in before] == [200, 200, 200, 400]
    rows = simulator.truth("pay_1")
    assert [row["kind"] for row in rows] == ["authorize", "capture", "void", "refund"]
    for _ in range(2):
        simulator.restart()
        assert simulator.truth("pay_1") == rows
        for (key, path, parameters), first in zip(calls, before):
            again = simulator.stripe("POST", path, parameters, key)
            assert (again.status, again.body) == (first.status, first.body)
            assert again.headers["Idempotent-Replayed"] == "true"
    assert [refund["amount"] for refund in simulator.stripe("GET", "/v1/refunds").json["data"]] == [1000, 9]
    summed = {row["kind"]: (row["count"], row["amount"]) for row in simulator.control("GET", "truth/summary")["data"]}
    assert summed == {"authorize": (1, 1999), "capture": (1, 999), "void": (1, 1000), "refund": (1, 9)}


def test_what_is_to_come_comes_after_a_restart_too(simulator):
    simulator.settings(refund_delay_ms=60_000)
    held = simulator.sale(capture_method="manual").json["id"]
    paid = simulator.sale(payment_method="pm_card_refundFail").json["id"]
    refund = simulator.stripe("POST", "/v1/refunds", {"payment_intent": paid}).json["id"]
    simulator.restart()
    simulator.advance(8 * 86_400_000)
    assert simulator.kinds(held) == [("authorize", 1999, "expired"), ("void", 1999, "expired")]
    assert simulator.kinds(refund) == [("refund", 1999, "failed")]


def test_an_operation_executed_twice_is_a_duplicate(simulator):
    paid = simulator.sale().json["id"]
    for key in ("a", "b"):
        asked = {"payment_intent": paid, "amount": "10", "metadata[florin_operation]": "op_2"}
        assert simulator.stripe("POST", "/v1/refunds", asked, key).status == 200
    found = simulator.control("GET", "truth/duplicates")["data"]
    assert [(row["by"], row["kind"], row["reference"], row["count"]) for row in found] == [
        ("operation", "refund", "op_2", 2)
    ]
