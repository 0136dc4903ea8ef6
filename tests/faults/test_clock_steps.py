"""K-05: the wall clock of one process steps while payments go on; leases, deadlines and key ages do not notice."""

import datetime
import threading
import time

import pytest

from harness.agreement import agree, verified
from harness.client import Client, new_key
from harness.cluster import Cluster
from harness.processes import wait_until
from harness.virtual_time import DAY, HOUR, Skew

STEPS = {"five_minutes_ahead": 300, "five_minutes_back": -300, "a_day_ahead": DAY, "a_day_back": -DAY, "an_hour_back": -HOUR}
CLOSE_S = 120  # less than any step, more than a slow machine needs


@pytest.fixture(scope="module")
def cluster():
    """Two gateways on one database; the clock of the second one's host can be stepped."""
    with Cluster({"first": "api", "second": "api", "worker": "worker"}) as running:
        second = running.nodes["second"]
        second.kill()
        running.skew = Skew(running.directory / "skew")
        second.start(**running.skew.environment())
        yield running
        verified(running.nodes["first"])
        assert not running.simulator.duplicates()


class Traffic:
    """Lives of payments one after the other; each request must succeed at once."""

    def __init__(self, client):
        self.client, self.over, self.payments, self.answers = client, threading.Event(), [], []
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.is_set():
            payment_id = self.keep("authorize", self.client.authorize())["payment_id"]
            self.keep("capture", self.client.capture(payment_id, amount=6000))
            self.keep("refund", self.client.refund(payment_id, amount=1000))
            self.payments.append(payment_id)

    def keep(self, kind, answer):
        self.answers.append((kind, answer.status))
        return answer

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(60)


def until(count, traffic):
    goal = len(traffic.payments) + count
    wait_until(f"{count} more payments", lambda: len(traffic.payments) >= goal or not traffic.thread.is_alive(), 60)
    assert len(traffic.payments) >= goal, traffic.answers


def seconds_ahead(cluster, document):
    """By how much the clock that made the payment is ahead of that of the tests."""
    made = datetime.datetime.fromisoformat(document["created_at"].replace("Z", "+00:00"))
    return made.timestamp() - time.time() - cluster.time.seconds


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_clock_that_steps_in_traffic_harms_no_payment(cluster, step):
    cluster.skew.show(0)
    first, stepped, key = cluster.client("first"), cluster.client("second"), new_key()
    before = stepped.pay(key)
    with Traffic(stepped) as traffic:
        until(2, traffic)
        cluster.skew.show(step)
        until(3, traffic)
    made_there = first.payment(traffic.payments[-1])
    assert abs(seconds_ahead(cluster, made_there) - step) < CLOSE_S, "its clock did not step"
    assert {status for _, status in traffic.answers} == {200}, traffic.answers
    assert stepped.pay(key).text == first.pay(key).text == before.text
    for payment_id in traffic.payments:
        assert agree(cluster.simulator, first, payment_id)["status"] == "partially_refunded"


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_what_a_stepped_process_leaves_open_is_settled_once(cluster, step):
    cluster.skew.show(step)
    first, stepped, key = cluster.client("first"), cluster.client("second"), new_key()
    fault = cluster.simulator.fault("drop_after_processing", times=1)
    cluster.nodes["worker"].stop()
    try:
        answer = stepped.pay(key)
        assert answer.status == 202 and cluster.simulator.hits(fault) == 1
        assert abs(seconds_ahead(cluster, first.payment(answer["payment_id"])) - step) < CLOSE_S, "its clock did not step"
        times = "next_try - florin_now(), execute_until - florin_now()"
        next_try, execute_until = cluster.connection.execute(f"select {times} from open_operations").fetchone()
        assert abs(next_try.total_seconds()) < CLOSE_S and execute_until.total_seconds() > 0, "due by a clock that stepped"
    finally:
        cluster.nodes["worker"].go_on()
    cluster.settle()
    document = agree(cluster.simulator, first, answer["payment_id"])
    assert document["status"] == "captured" and stepped.pay(key).status == 200
    assert "_ms\":-" not in "".join(node.log() for node in cluster.nodes.values()), "a negative duration"
