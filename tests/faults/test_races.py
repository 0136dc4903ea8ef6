"""Races from any number of processes: two `florin api` and two `florin worker` on one database (ID-10, ID-17, K-08).

Racers start together at a barrier, spread over both gateways. Whoever wins, the limits hold and everybody agrees.
"""

import pytest

from harness.agreement import agree, verified
from harness.client import AUTHORIZATION, SALE, new_key
from harness.cluster import LEASE_S, Cluster
from harness.processes import wait_until

RACERS = [2, 3, 8, 64]


@pytest.fixture(scope="module")
def cluster():
    with Cluster({"first": "api", "second": "api", "worker": "worker", "other_worker": "worker"}) as running:
        yield running
        assert not running.simulator.duplicates()
        verified(running.nodes["first"])


@pytest.fixture(autouse=True)
def healed(cluster):
    cluster.simulator.heal()
    yield
    for node in cluster.nodes.values():
        node.plan.disarm()


def race(cluster, requests):
    """[(path, body)] at once, each under a key of its own, over both gateways in turn; their answers, final for each."""
    apis = [cluster.nodes["first"], cluster.nodes["second"]]
    asked = [(apis[n % 2], path, body, new_key()) for n, (path, body) in enumerate(requests)]
    answers = cluster.post_all(asked)
    # Who only lost to a reservation asks again with the same key, as a careful client does.
    for _ in range(20):
        undecided = [n for n, answer in enumerate(answers) if answer.status in (0, 202, 409, 503)]
        if not undecided:
            return answers
        cluster.time.advance(2)
        for n, again in zip(undecided, cluster.post_all([asked[n] for n in undecided])):
            answers[n] = again
    raise AssertionError(f"no final answer: {[answer.text for answer in answers if answer.status not in (200, 422)]}")


def payment(cluster, body):
    answer = cluster.client("first").pay(**body)
    assert answer.status == 200, answer.text
    return answer["payment_id"]


def outcome(cluster, payment_id):
    cluster.settle()
    return agree(cluster.simulator, cluster.client("second"), payment_id)


def path(payment_id, verb):
    return f"/api/v1/payments/{payment_id}/{verb}"


def winners(answers):
    assert {answer.status for answer in answers} <= {200, 422}, [(a.status, a.text) for a in answers]
    return [n for n, answer in enumerate(answers) if answer.status == 200]


@pytest.mark.parametrize("racers", RACERS)
def test_of_captures_one_wins(cluster, racers):
    payment_id = payment(cluster, AUTHORIZATION)
    won = winners(race(cluster, [(path(payment_id, "capture"), {"amount": 5000 + n}) for n in range(racers)]))
    assert len(won) == 1
    assert outcome(cluster, payment_id)["captured_amount"] == 5000 + won[0]


@pytest.mark.parametrize("racers", RACERS)
def test_of_a_capture_and_a_void_one_wins(cluster, racers):
    payment_id = payment(cluster, AUTHORIZATION)
    verbs = ["capture" if n % 4 < 2 else "void" for n in range(racers)]  # both at both gateways
    won = winners(race(cluster, [(path(payment_id, verb), {}) for verb in verbs]))
    assert len(won) == 1
    document = outcome(cluster, payment_id)
    captured = 10000 if verbs[won[0]] == "capture" else 0
    assert (document["captured_amount"], document["voided_amount"]) == (captured, 10000 - captured)


@pytest.mark.parametrize("racers", RACERS)
def test_of_a_void_and_a_refund_only_what_the_state_allows_wins(cluster, racers):
    held, captured = payment(cluster, AUTHORIZATION), payment(cluster, SALE)
    for payment_id, legal in ((held, "void"), (captured, "refund")):
        verbs = ["void" if n % 4 < 2 else "refund" for n in range(max(racers, 4))]
        won = winners(race(cluster, [(path(payment_id, verb), {}) for verb in verbs]))
        assert [verbs[n] for n in won] == [legal]
        document = outcome(cluster, payment_id)
        assert document["status"] == {"void": "voided", "refund": "refunded"}[legal]


@pytest.mark.parametrize("racers", RACERS)
def test_of_refunds_of_sixty_of_a_hundred_one_wins(cluster, racers):
    payment_id = payment(cluster, SALE)
    won = winners(race(cluster, [(path(payment_id, "refund"), {"amount": 6000}) for _ in range(racers)]))
    assert len(won) == 1
    assert outcome(cluster, payment_id)["refunded_amount"] == 6000


@pytest.mark.parametrize("racers", RACERS)
def test_of_many_captures_as_many_win_as_fit(cluster, racers):
    payment_id = payment(cluster, {**AUTHORIZATION, "multiple_captures": True})
    won = winners(race(cluster, [(path(payment_id, "capture"), {"amount": 3000, "final": False}) for _ in range(racers)]))
    assert len(won) == min(racers, 3)
    assert outcome(cluster, payment_id)["captured_amount"] == 3000 * len(won)


@pytest.mark.parametrize("racers", RACERS)
def test_one_key_at_both_gateways_is_one_payment(cluster, racers):
    apis, key = [cluster.nodes["first"], cluster.nodes["second"]], new_key()
    answers = cluster.post_all([(apis[n % 2], "/api/v1/payments", SALE, key) for n in range(racers)])
    assert {answer.status for answer in answers} <= {200, 202, 409}
    cluster.settle()
    final = {answer.text for answer in cluster.post_all([(api, "/api/v1/payments", SALE, key) for api in apis])}
    assert len(final) == 1 and {answer.text for answer in answers if answer.status == 200} <= final


@pytest.mark.parametrize("fault", ["drop_after_processing", "drop_before_processing"])
def test_an_operation_races_its_own_resolvers(cluster, fault):
    """Left open by an answer that was lost; both workers, and repeats at both gateways, settle it at once."""
    keys = [new_key() for _ in range(16)]
    cluster.simulator.fault(fault, times=len(keys))
    first, second = cluster.nodes["first"], cluster.nodes["second"]
    left = cluster.post_all([(first, "/api/v1/payments", SALE, key) for key in keys])
    assert {answer.status for answer in left} == {202}
    cluster.time.advance(LEASE_S)
    cluster.post_all([(node, "/api/v1/payments", SALE, key) for key in keys for node in (first, second)])
    cluster.settle()
    for key, answer in zip(keys, left):
        again = [client.pay(key) for client in (cluster.client("first"), cluster.client("second"))]
        assert {one.status for one in again} == {200} and again[0].text == again[1].text
        assert again[0]["payment_id"] == answer["payment_id"]
        agree(cluster.simulator, cluster.client("first"), answer["payment_id"])


def admitted(cluster, node, key):
    """Leaves a sale in the hands of a node that will not answer it. A node that refuses it has not begun."""
    def answer():
        return cluster.post_all([(node, "/api/v1/payments", SALE, key)], timeout=2)[0]

    left = wait_until("the node is not overloaded", lambda: (one := answer()).status != 503 and one)
    assert left.status == 0, left.text


# Where the owner stops: before its call, with the PSP's answer in hand, and in front of its commit.
STOPS = ["before_psp_call", "after_psp_answer", "before_outcome_commit", "before_batch.settle"]


@pytest.mark.parametrize("point", STOPS)
def test_an_owner_that_slept_beyond_its_lease_changes_nothing(cluster, point):
    first, key = cluster.nodes["first"], new_key()
    fired = first.plan.fired(point)
    first.plan.arm(f"{point}=hang@1")
    admitted(cluster, first, key)
    wait_until("the owner has stopped", lambda: first.plan.fired(point) == fired + 1, 60)
    cluster.time.advance(LEASE_S)
    cluster.settle()
    settled = cluster.client("second").pay(key)
    assert settled.status == 200, settled.text
    journals = cluster.value("select count(*) from ledger_entries")
    tried = first.plan.arrived("after_outcome_commit")
    first.go_on()
    wait_until("the owner has tried to write", lambda: first.plan.arrived("after_outcome_commit") > tried, 60)
    wait_until("the owner serves again", first.ready, 60)
    wait_until("it answers what is stored", lambda: cluster.client("first").pay(key).text == settled.text, 60)
    agree(cluster.simulator, cluster.client("second"), settled["payment_id"])
    assert cluster.value("select count(*) from ledger_entries") == journals


@pytest.mark.parametrize("point", ["resolver_before_call", "resolver_after_answer", "resolver_before_commit"])
def test_a_resolver_that_slept_beyond_its_lease_changes_nothing(cluster, point):
    """C18: another worker takes the operation with a higher generation, and it is applied once."""
    worker, key = cluster.nodes["worker"], new_key()
    fired = worker.plan.fired(point)
    cluster.nodes["other_worker"].stop()
    try:
        worker.plan.arm(f"{point}=hang@1")
        cluster.simulator.fault("drop_after_processing", times=1)
        assert cluster.client("first").pay(key).status == 202
        cluster.time.advance_until("the resolver has stopped", lambda: worker.plan.fired(point) == fired + 1, look=0.4)
    finally:
        cluster.nodes["other_worker"].go_on()
    cluster.time.advance(LEASE_S)
    cluster.settle()
    settled = cluster.client("second").pay(key)
    journals = cluster.value("select count(*) from ledger_entries")
    tried = worker.plan.arrived("resolver_after_commit")
    worker.go_on()
    wait_until("the worker has tried to write", lambda: worker.plan.arrived("resolver_after_commit") > tried, 60)
    assert cluster.value("select count(*) from ledger_entries") == journals
    assert settled.status == 200 and cluster.client("first").pay(key).text == settled.text
    document = agree(cluster.simulator, cluster.client("first"), settled["payment_id"])
    assert document["status"] == "captured"
