#!/usr/bin/env python3
"""A shop's receiver of webhooks, as small as one can be: Python's standard library alone.

    tools/demo_receiver.py PORT_FILE SECRET_FILE

Listens on a free port of this machine, which it writes to PORT_FILE, and prints a line for each event whose signature is that of
the secret in SECRET_FILE. Standard Webhooks 1.0: HMAC-SHA-256 over "id.timestamp.body", and what has come already is left out.
"""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import time

TOLERANCE_S = 300
SEEN = set()


def is_authentic(secret, headers, body):
    stamp = headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > TOLERANCE_S:
        return False
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(mac).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())


def line(event):
    if "payment_id" not in event:
        return f"{event['event']:<24} {json.dumps(event['data'])}"
    amount = f"{event['amount'] // 100}.{event['amount'] % 100:02d} {event['currency']}"
    return f"{event['event']:<24} {amount:>12}  {event['payment_id']}  #{event['sequence']}, is {event['data']['status']}"


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        secret = pathlib.Path(sys.argv[2]).read_text().strip()
        is_ours = is_authentic(secret, self.headers, body)
        if is_ours and self.headers["webhook-id"] not in SEEN:
            SEEN.add(self.headers["webhook-id"])
            print(line(json.loads(body)), flush=True)
        self.send_response(204 if is_ours else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    pathlib.Path(sys.argv[1]).write_text(f"{server.server_address[1]}\n")
    server.serve_forever()


if __name__ == "__main__":
    main()
