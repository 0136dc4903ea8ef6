"""Stands between gateway and PSP: keeps what was asked, passes it on, and drips answers when told to."""

import collections
import http.client
import http.server
import threading
import time

Call = collections.namedtuple("Call", "method path key body")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        middleman, body = self.server.middleman, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        middleman.calls.append(Call(self.command, self.path, self.headers.get("Idempotency-Key"), body))
        answer = middleman.ask(self.command, self.path, dict(self.headers), body)
        if answer is None:
            self.close_connection = True
        elif self.command == "POST" and middleman.drips:
            self.drip(middleman.drips.popleft())
        else:
            self.send_response_only(answer[0])
            for name, value in answer[1]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer[2])

    do_GET = do_POST = pass_on

    def drip(self, how):
        """A byte a second for as long as somebody listens: "head" never ends its header, "body" its body; "stall" is silent."""
        began, self.close_connection = time.monotonic(), True
        self.wfile.write(HEAD if how != "body" else HEAD + b"Content-Length: 100000\r\n\r\n{")
        try:
            while how == "stall" or self.wfile.write(b"x"):
                self.connection.settimeout(1)
                if self.is_left():
                    break
        except OSError:
            pass
        self.server.middleman.left.append((how, time.monotonic() - began))

    def is_left(self):
        """Whether the gateway has closed; waits a second for it."""
        try:
            return self.connection.recv(1) == b""
        except TimeoutError:
            return False

    def log_message(self, *_):
        pass


class Middleman:
    """`drips` are used up by the next calls that move money; `left` tells when the gateway gave each of them up."""

    def __init__(self, psp_port):
        self.psp_port, self.calls, self.drips, self.left = psp_port, [], collections.deque(), []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.middleman = True, self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def ask(self, method, path, headers, body):
        """Status, headers and body; None when the PSP gave no whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.psp_port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def sent(self, since=0):
        """The calls that may move money, from the `since`-th call on."""
        return [call for call in self.calls[since:] if call.method == "POST"]
