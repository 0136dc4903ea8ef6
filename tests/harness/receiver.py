"""A merchant's webhook receiver on real sockets: it keeps every request as it came, and answers as the test says."""

import contextlib
import dataclasses
import datetime
import http.server
import json
import socket
import struct
import threading
import time

from harness.processes import wait_until

ENDPOINTS = "/api/v1/webhook_endpoints"
# Endpoints may be on this machine, and a test need not wait for days.
LOOPBACK = {"webhooks": {"allow_loopback": True}}


@dataclasses.dataclass
class Got:
    at: float
    path: str
    headers: dict  # names lower-case
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def event(self):
        return json.loads(self.body)


# What a receiver may do instead of answering with a status.
def lose(handler):
    """Takes the request and resets the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def hang(seconds=60):
    """Never answers, until the receiver ends."""
    def wait(handler):
        handler.server.ending.wait(seconds)
        handler.close_connection = True
    return wait


def drip(handler):
    """A byte of its header per second."""
    with contextlib.suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Slow: " + 60 * b"x" + b"\r\n\r\n":
            handler.wfile.write(bytes([byte]))
            if handler.server.ending.wait(1):
                return
    handler.close_connection = True


def flood(status=200):
    """A body of a gigabyte, as long as somebody reads it."""
    def send(handler):
        with contextlib.suppress(OSError):
            handler.wfile.write(f"HTTP/1.1 {status} OK\r\nContent-Length: 1000000000\r\n\r\n".encode())
            for _ in range(1000):
                handler.wfile.write(bytes(1_000_000))
                handler.server.flooded += 1_000_000
        handler.close_connection = True
    return send


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        got = Got(time.monotonic(), self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        with self.server.lock:
            number = len(self.server.got)
            self.server.got.append(got)
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        try:
            self.reply(self.server.answer(got, number))
        finally:
            with self.server.lock:
                self.server.at_once -= 1

    def reply(self, answer):
        if callable(answer):
            answer(self)
            self.close_connection = True
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


class Receiver(http.server.ThreadingHTTPServer):
    """`answer(got, number)` says a status, (status, headers), or what to do with the connection; None: 204 for each."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, answer=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer or (lambda got, number: 204)
        self.got, self.lock, self.ending = [], threading.Lock(), threading.Event()
        self.at_once = self.most_at_once = self.flooded = 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """Connections that a test breaks."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def ids(self):
        with self.lock:
            return [got.id for got in self.got]

    def requests(self, event_id=None):
        with self.lock:
            return [got for got in self.got if event_id in (None, got.id)]

    def wait_for(self, count, seconds=60):
        """The first requests, once there are so many."""
        wait_until(f"{count} requests", lambda: len(self.ids()) >= count, seconds, 0.05)
        return self.requests()


def make_endpoint(client, url, **fields):
    made = client.post(ENDPOINTS, {"url": url, **fields})
    assert made.status == 201, made.text
    return made.json()


def uuid_of(endpoint):
    return endpoint.removeprefix("we_")


def deliveries(client, endpoint, **query):
    text = "&".join(f"{name}={value}" for name, value in {"limit": 100, **query}.items())
    answer = client.get(f"{ENDPOINTS}/{endpoint}/deliveries?{text}")
    assert answer.status == 200, answer.text
    return answer.json()["data"]


def wait_for_status(client, endpoint, status, count=1, seconds=60):
    return wait_until(f"{count} deliveries are {status}",
                      lambda: len(rows := deliveries(client, endpoint, status=status)) >= count and rows, seconds, 0.05)


def verified(secret, got):
    """The event, if the official library takes its signature."""
    from standardwebhooks.webhooks import Webhook
    return Webhook(secret).verify(got.body, got.headers)


def is_signed(secret, got):
    """The same by the library's own signature, where time was moved and `verify` would take the timestamp for a wrong one."""
    from standardwebhooks.webhooks import Webhook
    at = datetime.datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), tz=datetime.timezone.utc)
    return Webhook(secret).sign(got.id, at, got.body.decode()) in got.headers["webhook-signature"].split()


def end_webhook_leases(gateway):
    """As if the time had passed that a dead worker's leases still have."""
    with gateway.database() as database:
        database.execute("update webhook_queues set leased_until = florin_now(), due_at = florin_now() "
                         "where leased_until is not null")
