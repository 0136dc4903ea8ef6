"""A-18: a method or path is what it is, byte by byte: nothing is normalised, decoded or overridden before it is authorised."""

import pytest

from harness.raw_http import RawClient, raw_payment


@pytest.fixture(scope="module")
def unpaid(world):
    return world.gateway.merchant_client("Unpaid")


@pytest.fixture(autouse=True)
def nothing_is_paid(unpaid):
    yield
    assert unpaid.get("/api/v1/payments").json()["data"] == []


def ask(gateway, data):
    with RawClient(gateway.port) as client:
        client.send(data)
        return client.answer()


TRICKS = ["//api/v1/payments", "/api//v1/payments", "/api/v1/payments/", "/api/v1/payments.", "/api/v1/payments%20",
          "/api/v1/./payments", "/api/v1/x/../payments", "/healthz/../api/v1/payments", "/healthz/%2e%2e/api/v1/payments",
          "/api/v1/%2e/payments", "/api/v1/%70ayments", "/api%2fv1%2fpayments", "/api/v1/payments%2f", "/api/v1/payments%00",
          "/api/v1/payments%3fx=1", "/api/v1/payments;x=1", "/healthz;/api/v1/payments", "/API/v1/payments", "/api/V1/Payments",
          "/api/v1\\payments", "/\\api\\v1\\payments", "/api/v1/payments%c0%af", "/.//api/v1/payments",
          "/api/v1/payments.json", "/api/v1/payments/%2e%2e/payments"]


@pytest.mark.parametrize("target", TRICKS)
def test_a_18_a_path_that_is_only_like_a_route_is_404_with_and_without_a_key(gateway, unpaid, target):
    assert ask(gateway, raw_payment(unpaid, target=target)).status == 404
    for method in ("GET", "HEAD", "POST"):
        answer = ask(gateway, f"{method} {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        assert answer.status == 404


@pytest.mark.parametrize("name", ["..", ".", "%2e%2e", "..;x", "%00", "pay_%0a", "%20"])
def test_a_18_what_stands_for_an_id_is_an_id_whatever_it_looks_like(gateway, unpaid, name):
    target = f"/api/v1/payments/{name}"
    assert ask(gateway, raw_payment(unpaid, target=target, method="GET", framing="", body=b"")).status == 404
    assert ask(gateway, raw_payment(unpaid, target=target)).status == 405
    assert ask(gateway, f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()).status == 401


@pytest.mark.parametrize("method", ["post", "Post", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND",
                                    "POSTPOST", "P" * 4000, "!#$%&'*+-.^_`|~"])
def test_a_18_an_unknown_method_is_405_and_told_which_are_known(gateway, unpaid, method):
    answer = ask(gateway, raw_payment(unpaid, method=method))
    assert answer.status == 405 and answer.headers["allow"] == "POST, GET, HEAD", answer


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_a_18_no_header_overrides_the_method(gateway, unpaid, header):
    answer = ask(gateway, raw_payment(unpaid, f"{header}: POST", method="GET"))
    assert answer.status == 200 and answer["data"] == []
    answer = ask(gateway, raw_payment(unpaid, f"{header}: GET", method="POST", body=b"{}"))
    assert answer.status == 400


def test_a_18_no_parameter_overrides_the_method(gateway, unpaid):
    assert ask(gateway, raw_payment(unpaid, method="GET", target="/api/v1/payments?_method=POST")).status == 400
    assert ask(gateway, raw_payment(unpaid, target="/api/v1/payments?_method=GET")).status == 400


def test_a_18_head_is_get_without_its_body_and_needs_the_key_too(gateway, unpaid):
    data = raw_payment(unpaid, "Connection: close", method="HEAD", framing="", body=b"")
    with RawClient(gateway.port) as client:
        client.send(data)
        while client.receive():
            pass
        assert client.pending.startswith(b"HTTP/1.1 200 ") and client.pending.endswith(b"\r\n\r\n")
    with RawClient(gateway.port) as client:
        client.send(b"HEAD /api/v1/payments HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        while client.receive():
            pass
        assert client.pending.startswith(b"HTTP/1.1 401 ") and client.pending.endswith(b"\r\n\r\n")


def test_a_18_a_key_in_the_url_or_in_a_cookie_is_no_key(gateway, unpaid):
    for line in (f"GET /api/v1/payments?api_key={unpaid.secret} HTTP/1.1\r\nX: y",
                 f"GET /api/v1/payments HTTP/1.1\r\nCookie: Authorization=Bearer {unpaid.secret}",
                 f"GET /api/v1/payments HTTP/1.1\r\nX-Api-Key: {unpaid.secret}",
                 f"GET /api/v1/payments HTTP/1.1\r\nProxy-Authorization: Bearer {unpaid.secret}"):
        assert ask(gateway, f"{line}\r\nHost: h\r\n\r\n".encode()).status == 401
    assert unpaid.secret not in gateway.log()
