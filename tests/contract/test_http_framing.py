"""A-17: what a proxy in front could read differently is refused, and nothing behind it in the connection is executed.

Each request is a payment that would be made if the gateway took it; after each none exists.
"""

import json

import pytest

from harness.client import SALE, new_key
from harness.raw_http import BODY, RawClient, check_refused, chunks, converse, raw_payment

CHUNKED = "Transfer-Encoding: chunked"
LENGTH = f"Content-Length: {len(BODY)}"


@pytest.fixture(scope="module")
def unpaid(world):
    return world.gateway.merchant_client("Unpaid")


@pytest.fixture(autouse=True)
def nothing_is_paid(unpaid):
    yield
    assert unpaid.get("/api/v1/payments").json()["data"] == []


def lines_of(*lines, **changes):
    return lambda client: raw_payment(client, *lines, **changes)


def replaced(old, new, **changes):
    return lambda client: raw_payment(client, **changes).replace(old, new, 1)


REFUSED = {
    # Two lengths, or none that is plain
    "length and chunked": lines_of(CHUNKED),
    "chunked and length": lines_of(LENGTH, framing=CHUNKED, body=chunks(BODY)),
    "two equal lengths": lines_of(LENGTH),
    "two lengths": lines_of("Content-Length: 0"),
    "a list of lengths": lines_of(framing=f"Content-Length: {len(BODY)}, {len(BODY)}"),
    "negative": lines_of(framing="Content-Length: -5"),
    "plus sign": lines_of(framing=f"Content-Length: +{len(BODY)}"),
    "hexadecimal": lines_of(framing=f"Content-Length: 0x{len(BODY):x}"),
    "leading zero": lines_of(framing=f"Content-Length: 0{len(BODY)}"),
    "inner space": lines_of(framing="Content-Length: 6 7"),
    "beyond 64 bits": lines_of(framing="Content-Length: 18446744073709551700"),
    "empty length": lines_of(framing="Content-Length:"),
    # Transfer codings that are not exactly chunked
    "gzip, chunked": lines_of(framing="Transfer-Encoding: gzip, chunked", body=chunks(BODY)),
    "chunked, identity": lines_of(framing="Transfer-Encoding: chunked, identity", body=chunks(BODY)),
    "chunked twice": lines_of(CHUNKED, framing=CHUNKED, body=chunks(BODY)),
    "identity and chunked": lines_of("Transfer-Encoding: identity", framing=CHUNKED, body=chunks(BODY)),
    "xchunked": lines_of(framing="Transfer-Encoding: xchunked", body=chunks(BODY)),
    "vertical tab": lines_of(framing="Transfer-Encoding: \x0bchunked", body=chunks(BODY)),
    "space before colon": lines_of(framing="Transfer-Encoding : chunked", body=chunks(BODY)),
    "folded coding": lines_of(framing="Transfer-Encoding:\r\n chunked", body=chunks(BODY)),
    "chunked in HTTP/1.0": lines_of(framing=CHUNKED, body=chunks(BODY), version="HTTP/1.0"),
    # Chunks
    "negative chunk": lines_of(framing=CHUNKED, body=b"-1\r\n" + chunks(BODY)),
    "chunk beyond 64 bits": lines_of(framing=CHUNKED, body=b"1" + b"0" * 16 + b"\r\n" + BODY),
    "chunk of 0x": lines_of(framing=CHUNKED, body=b"0x45\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk line of bare LF": lines_of(framing=CHUNKED, body=b"%x\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"),
    "no CRLF behind a chunk": lines_of(framing=CHUNKED, body=b"%x\r\n" % len(BODY) + BODY + b"0\r\n\r\n"),
    "bare LF in an extension": lines_of(framing=CHUNKED, body=b'%x;a="\n"\r\n' % len(BODY) + BODY + b"\r\n0\r\n\r\n"),
    "extension bomb": lines_of(framing=CHUNKED, body=b"1;" + b"x" * 100000),
    "extensions of many chunks": lines_of(framing=CHUNKED, body=(b"1;" + b"x" * 500 + b"\r\n \r\n") * 4),
    "length in the trailer": lines_of(framing=CHUNKED, body=chunks(BODY)[:-2] + b"Content-Length: 0\r\n\r\n"),
    # Lines
    "folded header": lines_of("X-Note: a\r\n b"),
    "first header folded": replaced(b"\r\nHost", b"\r\n Host"),
    "bare LF behind the request line": replaced(b"HTTP/1.1\r\n", b"HTTP/1.1\n"),
    "bare LF behind a header": replaced(b"json\r\n", b"json\n"),
    "bare LF everywhere": lambda client: raw_payment(client).replace(b"\r\n", b"\n"),
    "bare CR behind the request line": replaced(b"HTTP/1.1\r\n", b"HTTP/1.1\r"),
    "bare CR in a value": lines_of("X-Note: a\rTransfer-Encoding: chunked"),
    "CR before CRLF": replaced(b"json\r\n", b"json\r\r\n"),
    "LF as the empty line": replaced(b"\r\n\r\n", b"\r\n\n"),
    # Headers
    "NUL in a name": lines_of("X\0: a"),
    "NUL in a value": lines_of("X-Note: a\0b"),
    "escape in a value": lines_of("X-Note: \x1b[31mred"),
    "delete in a value": lines_of("X-Note: a\x7fb"),
    "empty name": lines_of(": a"),
    "no colon": lines_of("X-Note"),
    "space in a name": lines_of("X Note: a"),
    "name beyond ASCII": lines_of("X-N\xf6te: a"),
    "two hosts": lines_of("Host: other"),
    "no host": lines_of(host=""),
    "host with a path": lines_of(host="Host: gateway/evil"),
    "host with a user": lines_of(host="Host: user@gateway"),
    # Request lines
    "absolute form": lines_of(target="http://gateway/api/v1/payments"),
    "absolute form of https": lines_of(target="https://other/api/v1/payments"),
    "authority form": lines_of(target="gateway:8080", method="CONNECT"),
    "asterisk form": lines_of(target="*", method="OPTIONS"),
    "fragment": lines_of(target="/api/v1/payments#x"),
    "target beyond ASCII": lines_of(target="/api/v1/payments\xff"),
    "control character in the target": lines_of(target="/api/v1/payments\x01"),
    "NUL in the target": lines_of(target="/api/v1/payments\0"),
    "HTTP/0.9": lambda client: b"GET /api/v1/payments\r\n\r\n",
    "HTTP/1.2": lines_of(version="HTTP/1.2"),
    "HTTP/2.0": lines_of(version="HTTP/2.0"),
    "HTTP/2's preface": lambda client: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "lower-case version": lines_of(version="http/1.1"),
    "two spaces": replaced(b"POST ", b"POST  "),
    "tab instead of space": replaced(b"POST ", b"POST\t"),
    "space before the method": lambda client: b" " + raw_payment(client),
    "TLS on the plain port": lambda client: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_17_a_request_with_two_readings_is_400_closes_and_hides_no_second_one(gateway, unpaid, name):
    data = REFUSED[name](unpaid) + raw_payment(unpaid)
    check_refused(converse(gateway.port, data), 400)


ACCEPTED = {
    "chunked": {"framing": CHUNKED, "body": chunks(BODY[:10], BODY[10:])},
    "chunked in other case": {"framing": "TRANSFER-encoding:\t Chunked ", "body": chunks(BODY)},
    "spaces around the length": {"framing": f"content-length: \t{len(BODY)} "},
    "a trailer, which is dropped": {"framing": CHUNKED, "body": chunks(BODY)[:-2] + b"Idempotency-Key: x\r\n\r\n"},
    "an empty line before": {"method": "\r\nPOST"},
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_17_what_has_one_reading_is_taken(gateway, merchant, name):
    with RawClient(gateway.port) as client:
        client.send(raw_payment(merchant, **ACCEPTED[name]))
        assert client.answer().status == 200
    assert len(merchant.get("/api/v1/payments").json()["data"]) == 1


def test_a_17_pipelined_requests_are_answered_in_order_until_one_is_refused(gateway, merchant, unpaid):
    good = [raw_payment(merchant, body=BODY.replace(b"10000", b"%d" % amount)) for amount in (1001, 1002, 1003)]
    bad = raw_payment(unpaid, CHUNKED)
    answers = converse(gateway.port, b"".join([*good, bad, raw_payment(unpaid)]))
    assert [answer.status for answer in answers] == [200, 200, 200, 400]
    assert [answer["amount"] for answer in answers[:3]] == [1001, 1002, 1003]
    assert len(merchant.get("/api/v1/payments").json()["data"]) == 3


@pytest.mark.parametrize("header,status,code", [
    ("Authorization: Bearer sk_test_other", 401, "unauthenticated"), ("authorization: Basic eDp5", 401, "unauthenticated"),
    ("Idempotency-Key: other", 400, "idempotency_key_invalid"), ("IDEMPOTENCY-KEY: other", 400, "idempotency_key_invalid"),
    ("Content-Type: text/plain", 415, "unsupported_media_type"),
    ("content-type: application/json", 415, "unsupported_media_type")])
def test_a_17_a_header_that_decides_stands_once(gateway, unpaid, header, status, code):
    with RawClient(gateway.port) as client:
        client.send(raw_payment(unpaid, header))
        answer = client.answer()
    assert (answer.status, answer["code"]) == (status, code)


def test_a_17_who_expects_100_continue_is_told_and_other_expectations_are_417(gateway, unpaid):
    head, _, body = raw_payment(unpaid, "Expect: 100-continue", body=b"{}").rpartition(b"{}")
    with RawClient(gateway.port) as client:
        client.send(head)
        assert client.answer().status == 100
        client.send(b"{}")
        assert client.answer().status == 400
    check_refused(converse(gateway.port, raw_payment(unpaid, "Expect: 200-maybe")), 417)
    with RawClient(gateway.port) as client:
        client.send(raw_payment(unpaid, "Expect: 100-continue", framing="Content-Length: 10000000", body=b""))
        check_refused(client.answers(), 413)


def test_a_17_http_1_0_is_answered_once_and_closed(gateway, unpaid):
    data = b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    answers = converse(gateway.port, data + raw_payment(unpaid))
    assert [answer.status for answer in answers] == [200] and answers[0].headers["connection"] == "close"


def test_a_17_forwarding_headers_change_nothing(gateway, merchant, unpaid):
    lines = ["X-Forwarded-For: 127.0.0.2", "Forwarded: for=127.0.0.2;host=other", "X-Real-IP: 127.0.0.2",
             "X-Forwarded-Host: other", "X-Forwarded-Proto: https", "X-Original-URL: /healthz", "X-Rewrite-URL: /healthz"]
    with RawClient(gateway.port) as client:
        client.send(raw_payment(merchant, *lines))
        answer = client.answer()
    assert (answer.status, answer["amount"]) == (200, SALE["amount"])
    assert "127.0.0.2" not in gateway.log()


def test_a_17_a_body_of_a_get_is_read_and_ignored(gateway, unpaid):
    inner = raw_payment(unpaid)
    data = raw_payment(unpaid, method="GET", body=inner)
    with RawClient(gateway.port) as client:
        client.send(data + b"GET /healthz HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")
        assert [answer.status for answer in client.answers()] == [200, 200]


def test_a_19_no_header_begins_a_log_line(gateway, unpaid):
    mark = new_key()
    for end in (b"\r\n{\"level\":\"info\"}", b"\n", b"\x1b[2J", b"\x85\xff", b"\xe2\x80\xa8"):
        with RawClient(gateway.port) as client:
            client.send(raw_payment(unpaid, b"X-Request-Id: " + mark.encode() + end, body=b"{}"))
            assert client.answer().status == 400
    check_log(gateway)


def test_a_19_no_target_begins_a_log_line(gateway, unpaid):
    for target in ("/api/v1/payments%0a%0d%1b[2J", "/%0d%0aSet-Cookie:x=y", "/api/v1/%0a%7b%7d", "/\"},{\"a\":\"b"):
        with RawClient(gateway.port) as client:
            client.send(raw_payment(unpaid, target=target))
            answer = client.answer()
            assert answer.status == 404 and "set-cookie" not in answer.headers
    check_log(gateway)


def check_log(gateway):
    for line in gateway.log_path.read_bytes().decode("utf-8").split("\n"):
        assert "\x1b" not in line
        assert not line.startswith("{") or json.loads(line)
