"""K-09: a gateway that gets no more file descriptors, or whose log has nowhere to go."""

import concurrent.futures
import contextlib
import os
import resource
import socket
import subprocess

import pytest

from harness.agreement import verified
from harness.client import new_key, request
from harness.processes import QUICK, Gateway, World, wait_until


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


@contextlib.contextmanager
def no_more_descriptors(pid):
    """All that are free are taken away; the highest number in use is the last that there is."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(map(int, os.listdir(f"/proc/{pid}/fd"))) + 1, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def idle(quick):
    """Connections that were taken before, and send nothing."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(("127.0.0.1", quick.gateway.port))) for _ in range(4)]


def test_k_09_without_descriptors_it_refuses_and_goes_on_when_there_are_some(quick, client, idle):
    """Nobody can be accepted but in the place of somebody idle; no call begins that could not be made; no false answer leaves."""
    gateway, pid, keys = quick.gateway, quick.gateway.child.pid, [new_key() for _ in range(40)]
    assert client.pay().status == 200

    def pay(key):
        with contextlib.suppress(OSError):
            return request(client.port, "POST", "/api/v1/payments", client.headers(**{"Idempotency-Key": key}),
                           '{"amount":10000,"currency":"USD","payment_method":"pm_card_visa"}', timeout=5)
    begin = len(gateway.log())
    wait_until("it knows the idle ones", lambda: descriptors(pid) > len(idle))
    with no_more_descriptors(pid), concurrent.futures.ThreadPoolExecutor(len(keys)) as threads:
        answers = [answer for answer in threads.map(pay, keys) if answer is not None]
    assert answers, "who was idle gave way"
    assert {answer.status for answer in answers} <= {200, 202, 503}, [answer.text for answer in answers]
    print(f"{len(answers)} of {len(keys)} were answered, {sum(answer.status == 200 for answer in answers)} paid")
    assert gateway.child.pid == pid and gateway.alive()
    wait_until("it accepts everybody again", lambda: all(client.get("/api/v1/balance").status == 200 for _ in range(5)), 60)
    for key in keys:
        wait_until("the same key is paid", lambda: pay_again(client, key), 60, 0.1)
    assert not quick.simulator.duplicates() and '"status":500' not in gateway.log()[begin:]
    verified(gateway)


def pay_again(client, key):
    answer = client.pay(key)
    assert answer.status in (200, 202, 409, 503), answer.text
    return answer.status == 200


class FullDisk(Gateway):
    """Whatever it says is refused with ENOSPC."""

    def spawn(self, arguments, environment=None):
        with open("/dev/full", "ab", buffering=0) as full:
            self.child = subprocess.Popen([str(argument) for argument in arguments], stdout=full, stderr=full,
                                          stdin=subprocess.DEVNULL, env={**os.environ, **environment}, start_new_session=True)


def test_k_09_a_full_log_disk_stops_no_payment():
    """The stated policy (src/observe/log.cpp): the payment matters more than its log line; the books hold what is needed."""
    world = World(QUICK)
    world.gateway = FullDisk(world.directory, world.simulator, settings=QUICK)
    with world:
        client = world.gateway.merchant_client()
        world.simulator.fault("wrong_amount", times=1)  # an alert, which is only logged and counted
        pending = client.pay()
        assert pending.status == 202 and client.settled(pending["payment_id"])["status"] == "captured"
        answers = client.pay_in_parallel(30, lambda n: new_key())
        assert {answer.status for answer in answers} == {200}
        assert client.refund(answers[0]["payment_id"], amount=100).status == 200
        verified(world.gateway)
        assert world.gateway.terminate() == 0
