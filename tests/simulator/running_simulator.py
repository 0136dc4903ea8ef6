"""Starts florin-simulator and speaks to it without any payment library: tests of faults need the bare wire."""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / os.environ.get("FLORIN_BUILD", "build/release") / "bin" / "florin-simulator"
SALE = {
    "amount": "1999",
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "payment_method_types[]": "card",
    "capture_method": "automatic",
    "confirm": "true",
    "expand[]": "latest_charge",
}


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]


class Simulator:
    def __init__(self, data, port=0, seed=1):
        self.data = data
        self.seed = seed
        self.port = port
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [str(BINARY), "--port", str(self.port), "--data", str(self.data), "--seed", str(self.seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert "listens on" in line, line
        self.url = line.split()[3].rstrip(",")
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def restart(self):
        self.kill()
        self.start()

    def send(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def stripe(self, method, path, parameters=None, key=None, secret="sk_test_florin", timeout=30, **headers):
        """One bare call of Stripe's API; `key` is the idempotency key."""
        sent = {"Authorization": f"Bearer {secret}"} if secret else {}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        if key:
            sent["Idempotency-Key"] = key
        body = None
        if method == "POST":
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(parameters or {})
        elif parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        return self.send(method, path, body, sent, timeout)

    def sale(self, key=None, timeout=30, **changes):
        parameters = {name: value for name, value in (SALE | changes).items() if value is not None}
        return self.stripe("POST", "/v1/payment_intents", parameters, key, timeout=timeout)

    def control(self, method, path, value=None):
        answer = self.send(method, f"/_simulator/{path}", None if value is None else json.dumps(value))
        assert answer.status == 200, answer.body
        return answer.json

    def fault(self, action, **members):
        return self.control("POST", "faults", {"action": action, **members})["id"]

    def hits(self, fault):
        return next(item["hits"] for item in self.control("GET", "faults")["data"] if item["id"] == fault)

    def settings(self, **members):
        return self.control("POST", "settings", members)

    def truth(self, reference):
        return self.control("GET", "truth?" + urllib.parse.urlencode({"reference": reference}))["data"]

    def charged(self):
        """How many payments were really taken or held."""
        rows = self.control("GET", "truth/summary")["data"]
        return sum(row["count"] for row in rows if row["kind"] in ("charge", "authorize"))

    def kinds(self, reference):
        """What really happened, in order: (kind, amount, status)."""
        return [(row["kind"], row["amount"], row["status"]) for row in self.truth(reference)]

    def events(self, reference=None):
        return self.control("GET", "events" + (f"?reference={reference}" if reference else ""))

    def advance(self, milliseconds):
        self.control("POST", "clock", {"advance_ms": milliseconds})
