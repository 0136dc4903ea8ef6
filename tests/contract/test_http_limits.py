"""A-02 and A-03: too much, too slow, never read. Each client loses its own connection; memory and others do not feel it."""

import contextlib
import gzip
import resource
import select
import socket
import threading
import time

import pytest

from harness.processes import wait_until
from harness.raw_http import BODY, RawClient, check_refused, converse, quarantine_kib, raw_payment, resident_kib

CHUNKED = "Transfer-Encoding: chunked"
GROWTH_KIB = 64 * 1024  # what a few refused megabytes may leave in the allocator


@pytest.fixture(scope="module")
def unpaid(world):
    return world.gateway.merchant_client("Unpaid")


@pytest.fixture(autouse=True)
def nothing_is_paid(unpaid, gateway):
    before = resident_kib(gateway)
    yield
    assert unpaid.get("/api/v1/payments").json()["data"] == []
    assert resident_kib(gateway) - before < GROWTH_KIB + quarantine_kib(gateway)


MEGABYTES = b" " * 10_000_000
TOO_MUCH = {
    "a body of 10 MB": (dict(body=MEGABYTES), 413),
    "a body one byte too long": (dict(body=b" " * 65537), 413),
    "10 MB announced, none sent": (dict(framing="Content-Length: 10000000"), 413),
    "the largest length": (dict(framing="Content-Length: 18446744073709551615"), 413),
    "10 MB in one chunk": (dict(framing=CHUNKED, body=b"989680\r\n" + MEGABYTES), 413),
    "10 MB in small chunks": (dict(framing=CHUNKED, body=b"400\r\n" + b" " * 1024 + b"\r\n", repeat=10_000), 413),
    "chunks without end": (dict(framing=CHUNKED, body=b"1\r\n \r\n", repeat=1_000_000), 413),
    "a trailer without end": (dict(framing=CHUNKED, body=b"0\r\n" + b"X: y\r\n" * 1_000_000), 400),
    "a chunk header without end": (dict(framing=CHUNKED, body=b"0" * 1_000_000), 400),
    "a header of 64 kB": (dict(lines=["X: " + "x" * 64_000]), 431),
    "100,000 headers": (dict(lines=["X: y"] * 100_000), 431),
    "101 headers": (dict(lines=["X: y"] * 101), 431),
    "a request line without end": (dict(target="/" + "x" * 1_000_000), 414),
    "a method without end": (dict(method="X" * 1_000_000), 414),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_02_what_is_too_much_is_refused_early(gateway, unpaid, name):
    changes, status = TOO_MUCH[name]
    changes = dict(changes)
    lines, repeat = changes.pop("lines", []), changes.pop("repeat", 1)
    data = raw_payment(unpaid, *lines, **changes)
    if repeat > 1:
        data += changes["body"] * repeat
    check_refused(converse(gateway.port, data), status)


def test_a_02_a_compressed_body_is_not_unpacked(gateway, unpaid):
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 65_536
    with RawClient(gateway.port) as client:
        client.send(raw_payment(unpaid, "Content-Encoding: gzip", body=bomb))
        answer = client.answer()
    assert (answer.status, answer["code"]) == (400, "malformed_json")


def test_a_02_a_length_that_lies_short_makes_the_rest_a_request_of_its_own(gateway, unpaid):
    with RawClient(gateway.port) as client:
        client.send(raw_payment(unpaid, framing=f"Content-Length: {len(BODY) - 2}"))
        answers = client.answers()
    assert [answer.status for answer in answers] == [400, 400]
    assert answers[0]["code"] == "malformed_json" and answers[1].headers["connection"] == "close"


def test_a_02_a_client_that_ends_inside_its_body_is_not_answered(gateway, unpaid):
    for changes in (dict(framing=f"Content-Length: {len(BODY) + 5}"), dict(framing=CHUNKED, body=b"50\r\n" + BODY)):
        with RawClient(gateway.port) as client:
            client.send(raw_payment(unpaid, **changes))
            client.socket.shutdown(socket.SHUT_WR)
            assert client.answers() == []


@contextlib.contextmanager
def many(gateway, count, first_bytes=b""):
    clients = []
    try:
        for _ in range(count):
            clients.append(socket.create_connection(("127.0.0.1", gateway.port), 30))
            if first_bytes:
                clients[-1].sendall(first_bytes)
        yield clients
    finally:
        for client in clients:
            client.close()


def drip_until_closed(clients, status, seconds):
    """One byte per second to each, until each was told why and closed."""
    end, answered = time.monotonic() + seconds, 0
    waiting = set(clients)
    while waiting and time.monotonic() < end:
        for client in waiting:
            with contextlib.suppress(OSError):
                client.send(b"x")
        for client in select_readable(waiting, 1.0):
            with contextlib.suppress(OSError):
                answered += client.recv(64).startswith(b"HTTP/1.1 %d " % status)
            waiting.discard(client)
    return answered, len(waiting)


def select_readable(clients, seconds):
    poll = select.poll()
    by_number = {client.fileno(): client for client in clients}
    for number in by_number:
        poll.register(number, select.POLLIN)
    return [by_number[number] for number, _ in poll.poll(seconds * 1000)]


def test_a_03_500_slow_and_1000_idle_clients_disturb_nobody(gateway, merchant, unpaid):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    slow_body = raw_payment(unpaid, framing="Content-Length: 60000", body=b"")
    with many(gateway, 1000) as idle, many(gateway, 250, b"POST /api/v1/pay") as headers, many(gateway, 250, slow_body) as bodies:
        found = []
        dripping = threading.Thread(target=lambda: found.append(drip_until_closed([*headers, *bodies], 408, 60)))
        dripping.start()
        while dripping.is_alive():
            answer = merchant.pay()
            assert answer.status == 200
        dripping.join()
        assert found == [(500, 0)]
        wait_until("idle connections are closed", lambda: len(select_readable(idle, 0)) == 1000, 60, 0.5)
        assert {client.recv(1) for client in idle} == {b""}


def test_a_03_a_client_that_never_reads_is_given_up(gateway, unpaid):
    with RawClient(gateway.port) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.socket.settimeout(1)
        request = b"GET /openapi.yaml HTTP/1.1\r\nHost: h\r\n\r\n" * 100

        def is_given_up():
            try:
                return not client.send(request)
            except TimeoutError:
                return False
        wait_until("the gateway gives the connection up", is_given_up, 60, 0.1)
