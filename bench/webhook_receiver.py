#!/usr/bin/env python3
"""Receivers of webhooks for bench/webhooks, in a process of their own: /hook answers 204 at once, /refuse 500, /hang never.

    bench/webhook_receiver.py PORT_FILE

GET /count answers what came: {"requests": …, "distinct": …}, of /hook, by path and webhook-id.
"""

import asyncio
import json
import pathlib
import sys

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
seen, requests = set(), 0


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.bytes = transport, b""

    def data_received(self, data):
        self.bytes += data
        while (end := self.bytes.find(b"\r\n\r\n")) >= 0:
            head = self.bytes[:end]
            lower = head.lower()
            at = lower.find(b"content-length: ")
            length = int(lower[at + 16:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.bytes) < end + 4 + length:
                return
            self.bytes = self.bytes[end + 4 + length:]
            self.answer(head.split(b" ", 2)[1], lower)

    def answer(self, path, head):
        global requests
        if path == b"/count":
            text = json.dumps({"requests": requests, "distinct": len(seen)}).encode()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        elif path.startswith(b"/hook"):
            requests += 1
            at = head.find(b"webhook-id: ")
            seen.add(hash((path, head[at + 12:at + 52])))
            self.transport.write(OK)
        elif path.startswith(b"/refuse"):
            self.transport.write(REFUSED)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=4096)
    pathlib.Path(sys.argv[1]).write_text(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
