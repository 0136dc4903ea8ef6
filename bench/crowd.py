"""Clients that only burden: idle connections, and slow ones that never bring a request to its end."""

import contextlib
import json
import select
import socket
import sys
import time

SLOW_HEADER = b"POST /api/v1/payments HTTP/1.1\r\nHost: gateway\r\nX-Slow: "
SLOW_BODY = b"POST /api/v1/payments HTTP/1.1\r\nHost: gateway\r\nContent-Length: 60000\r\n\r\n"
PROBE = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n"


class Crowd:
    """`idle` connections that had one answer each, `slow` ones that get a byte per second; all are opened again when closed."""

    def __init__(self, port, idle, slow):
        self.port, self.poll, self.clients = port, select.epoll(), {}
        self.reopened = 0
        self.slow = {}
        for number in range(idle):
            self.open(None)
        for number in range(slow):
            self.open(SLOW_HEADER if number % 2 else SLOW_BODY)

    def open(self, beginning):
        client = socket.create_connection(("127.0.0.1", self.port), 30)
        client.sendall(beginning or PROBE)
        self.clients[client.fileno()] = (client, beginning)
        if beginning:
            self.slow[client.fileno()] = client
        self.poll.register(client.fileno(), select.EPOLLIN)

    def close(self, number):
        client, beginning = self.clients.pop(number)
        self.slow.pop(number, None)
        self.poll.unregister(number)
        client.close()
        return beginning

    def read(self, seconds):
        for number, _ in self.poll.poll(seconds):
            try:
                is_over = not self.clients[number][0].recv(4096) or number in self.slow
            except OSError:
                is_over = True
            if is_over:
                beginning = self.close(number)
                self.reopened += 1
                self.open(beginning)

    def drip_for_ever(self):
        """Spread over the second, so that the drops do not come as a wave."""
        while True:
            begin, targets = time.monotonic(), list(self.slow)
            for place, number in enumerate(targets):
                left = begin + place / max(len(targets), 1) - time.monotonic()
                if left > 0:
                    self.read(left)
                if number in self.slow:
                    with contextlib.suppress(OSError):
                        self.slow[number].send(b"x")
            self.read(max(0.0, begin + 1 - time.monotonic()))


if __name__ == "__main__":
    crowd = Crowd(*map(int, sys.argv[1:4]))
    print(json.dumps({"idle": len(crowd.clients) - len(crowd.slow), "slow": len(crowd.slow)}), flush=True)
    crowd.drip_for_ever()
