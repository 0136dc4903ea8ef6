"""An HTTP endpoint that takes webhooks as a merchant of Stripe's would, and remembers what came."""

import contextlib
import http.server
import json
import threading
import time

from running_simulator import wait_until

SECRET = "whsec_of_the_tests"


class Webhook:
    def __init__(self, body, headers, at, connection):
        self.body, self.headers, self.at, self.connection = body, headers, at, connection
        self.signature = headers.get("Stripe-Signature", "")

    @property
    def event(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.event["type"]

    @property
    def object(self):
        return self.event["data"]["object"]


class Receiver:
    """`answer(webhook)` chooses the status; 200 unless a test says otherwise."""

    def __init__(self):
        self.got, self.lock = [], threading.Lock()
        self.answer = lambda webhook: 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook = Webhook(body, self.headers, time.monotonic(), self.client_address[1])
                with receiver.lock:
                    receiver.got.append(webhook)
                status = receiver.answer(webhook)
                with contextlib.suppress(BrokenPipeError):
                    self.send_response(status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/psp/stripe/webhooks"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def types(self):
        with self.lock:
            return [webhook.type for webhook in self.got]

    def wait(self, count):
        wait_until(lambda: len(self.got) >= count)
        return self.got

    def of_type(self, type):
        wait_until(lambda: type in self.types())
        return next(webhook for webhook in self.got if webhook.type == type)
