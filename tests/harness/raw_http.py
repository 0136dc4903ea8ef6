"""HTTP byte by byte, for requests that no client library would send."""

import json
import socket

from harness.client import SALE, Answer, new_key
from harness.processes import QUARANTINE_MB

BODY = json.dumps(SALE).encode()


class RawClient:
    """One connection. Reads give up after `timeout` seconds, so that a failing test ends."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.pending, self.was_reset = b"", False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the other end has closed."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def receive(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            self.was_reset, data = True, b""
        self.pending += data
        return bool(data)

    def answer(self):
        """The next answer, or None when the connection ends instead."""
        while b"\r\n\r\n" not in self.pending:
            if not self.receive():
                return None
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self.pending) < length and self.receive():
            pass
        body, self.pending = self.pending[:length], self.pending[length:]
        return Answer(int(first.split()[1]), headers, body.decode("utf-8", "replace"))

    def answers(self):
        """All until the other end closes."""
        found = []
        while (answer := self.answer()) is not None:
            found.append(answer)
        return found


def raw_payment(client, *lines, target="/api/v1/payments", method="POST", version="HTTP/1.1", host="Host: gateway",
                framing=None, body=BODY):
    """The bytes of a payment that would be made as they stand, changed as asked; str lines or bytes."""
    framing = f"Content-Length: {len(body)}" if framing is None else framing
    head = [f"{method} {target} {version}", host, f"Authorization: Bearer {client.secret}", f"Idempotency-Key: {new_key()}",
            "Content-Type: application/json", *([framing] if framing else []), *lines]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode("latin-1") for line in head if line) + b"\r\n\r\n" + body


def chunks(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def converse(port, data):
    """What comes back until the gateway closes."""
    with RawClient(port) as client:
        client.send(data)
        answers = client.answers()
        assert not client.was_reset, "the answer could have been lost"
        return answers


def check_refused(answers, *statuses):
    """One problem document of one of these statuses, and the connection closed behind it."""
    assert [answer.status for answer in answers] in [[status] for status in statuses], answers
    answer = answers[0]
    assert answer.headers["content-type"] == "application/problem+json" and answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["x-request-id"].startswith("req_")
    assert answer.json()["status"] == answer.status and answer["detail"] and answer["code"]


def status_kib(process, name):
    with open(f"/proc/{process.child.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:"))


def resident_kib(process):
    return status_kib(process, "VmRSS")


def quarantine_kib(process):
    """What AddressSanitizer, known by its terabytes of shadow, keeps of freed memory: so much of what was asked for, and as
    much again for the red zones around many small pieces."""
    return 2 * QUARANTINE_MB * 1024 if status_kib(process, "VmSize") > 1 << 30 else 0
