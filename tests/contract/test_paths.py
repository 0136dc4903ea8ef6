"""A-18, A-22: no trick with method or path reaches a handler, and no error shows anything of the inside."""

import pytest

from harness.client import new_key, request
from harness.processes import World, wait_until
from test_bad_input import raw, refused

PAYMENTS = "/api/v1/payments"


@pytest.fixture(scope="module")
def payment_id(shop):
    return shop.pay()["payment_id"]


def line_of(shop, line, *headers, key=True):
    """The status and text of a request written by hand."""
    lines = [f"{line} HTTP/1.1", "Host: x", *headers, *([f"Authorization: Bearer {shop.secret}"] if key else []),
    "Connection: close"]
    answer = raw(shop.port, "\r\n".join(lines).encode() + b"\r\n\r\n")
    return int(answer[9:12]), answer.decode("utf-8", "replace")


TRICKS = [
    "//api/v1/payments", "/api//v1/payments", "/api/v1//payments", "/api/v1/payments/", "/api/v1/payments//", "/API/v1/payments",
    "/api/V1/payments", "/api/v1/Payments", "/api/v1/payments.", "/api/v1/payments.json", "/api/v1/payments;a=b",
    "/api/v1/payments;", "/api/v1/./payments", "/api/v1/x/../payments", "/api/v1/%2e/payments", "/api/v1/x/%2e%2e/payments",
    "/api/v1/%70ayments", "/api%2fv1%2fpayments", "/api/v1/payments%20", "/api/v1/payments%00", "/api/v1/payments%2f",
    "/api/v1/payments%3Flimit=1", "\\api\\v1\\payments", "/api/v1\\payments", "/api/v1/payments/..;/balance",
    "/healthz/../api/v1/payments", "/healthz/..%2fapi/v1/balance", "/healthz;/api/v1/balance", "/metrics/api/v1/balance",
    "/openapi.yaml/../api/v1/balance", "/api/v1/balance/", "/api/v2/payments", "/api/payments", "/v1/payments",
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_18_a_path_has_one_spelling_with_and_without_a_key(shop, path):
    for key in (True, False):
        status, text = line_of(shop, f"GET {path}", key=key)
        assert status in (400, 401, 404), text
        assert '"data"' not in text and "payment_id" not in text and "payable" not in text


METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "Get", "post", "GETT", "PROPFIND", "X"]


@pytest.mark.parametrize("method", METHODS)
def test_a_18_other_methods_are_405_and_do_nothing(shop, payment_id, method):
    before = shop.payment(payment_id).text
    for path in (PAYMENTS, f"{PAYMENTS}/{payment_id}", f"{PAYMENTS}/{payment_id}/refund", "/api/v1/balance", "/healthz"):
        status, text = line_of(shop, f"{method} {path}", f"Idempotency-Key: {new_key()}", "Content-Length: 0")
        assert status == 405 and "\r\nAllow: " in text, text
    assert shop.payment(payment_id).text == before


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_a_18_a_method_is_not_overridden(shop, payment_id, header):
    for method in ("POST", "DELETE"):
        assert line_of(shop, f"GET {PAYMENTS}/{payment_id}", f"{header}: {method}")[0] == 200
    status, _ = line_of(shop, f"GET {PAYMENTS}/{payment_id}/refund", f"{header}: POST", f"Idempotency-Key: {new_key()}")
    assert status == 405 and shop.payment(payment_id)["refunded_amount"] == 0


HEADERS = [
    "X-Original-URL: {0}", "X-Rewrite-URL: {0}", "X-Forwarded-Prefix: {0}", "X-Forwarded-Host: evil.example", "Cookie: key={2}",
    "X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Merchant-Id: {1}", "X-Api-Key: {2}",
    "X-Forwarded-User: admin", "Proxy-Authorization: Bearer {2}",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_18_no_other_header_is_a_path_or_a_credential(shop, payment_id, header):
    header = header.format(f"{PAYMENTS}/{payment_id}", shop.merchant, shop.secret)
    assert line_of(shop, "GET /healthz", header, key=False)[1].endswith('{"status":"ok"}')
    assert line_of(shop, f"GET {PAYMENTS}/{payment_id}", header, key=False)[0] == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("tail", ["", "/capture", "/void", "/refund", "/refunds", "/operations", "/ledger", "/audit"])
def test_a_18_without_a_key_every_route_is_401_whatever_it_names(shop, payment_id, method, tail):
    for each in (payment_id, "pay_x"):
        answer = request(shop.port, method, f"{PAYMENTS}/{each}{tail}", {"Idempotency-Key": new_key()},
        "{}" if method == "POST" else None)
        assert answer.status in (401, 405), answer.text


def test_a_18_head_is_get_without_its_body(shop, payment_id):
    for path in (f"{PAYMENTS}/{payment_id}", PAYMENTS, "/healthz"):
        got, head = (request(shop.port, method, path, shop.headers()) for method in ("GET", "HEAD"))
        assert (head.status, head.text) == (200, "") and head.headers["content-length"] == got.headers["content-length"]
    assert request(shop.port, "HEAD", f"{PAYMENTS}/{payment_id}").status == 401
    assert request(shop.port, "HEAD", f"{PAYMENTS}/{payment_id}/refund", shop.headers()).status == 405


INSIDE = ["select", "insert", "update ", "relation", "column", "postgres", "psql", "libpq", "sqlstate", "socket", "/tmp", "/var",
          "boost", ".cpp", ".hpp", "std::", "exception", "stack", "0x", "errno", "localhost", "127.0.0.1", "4242", "sk_test"]


def shows_nothing(answer, status, code):
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json" and answer["code"] == code
    found = [word for word in INSIDE if word in answer.text.lower() or word in str(answer.headers).lower()]
    assert not found, f"{found} in {answer.text}"
    assert answer["request_id"] == answer.headers["x-request-id"]


@pytest.fixture(scope="module")
def broken():
    """A world that is broken on purpose, and what it takes to break and mend its database."""
    with World() as world:
        client = world.gateway.merchant_client()
        with world.gateway.database() as database:
            yield world.gateway, client, client.pay()["payment_id"], database.execute


def test_a_22_a_failure_inside_shows_nothing_of_it_and_is_logged_under_the_request_id(broken):
    gateway, client, payment_id, execute = broken
    execute("alter table payments rename column captured to taken")
    for path in (f"{PAYMENTS}/{payment_id}", PAYMENTS, f"{PAYMENTS}/{payment_id}/ledger"):
        answer = client.get(path)
        shows_nothing(answer, 500, "internal")
        wait_until("the failure is logged", lambda: any(
            answer["request_id"] in line and "http.failed" in line for line in gateway.log().splitlines()))
    execute("alter table payments rename column taken to captured")
    wait_until("it answers again", lambda: client.payment(payment_id).status == 200)


def test_a_22_a_database_that_is_gone_shows_nothing_but_come_again(broken):
    _, client, payment_id, execute = broken
    key = new_key()
    execute("alter role florin_app connection limit 0")
    execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'florin_app'")
    shows_nothing(client.payment(payment_id), 503, "overloaded")
    answer = client.pay(key)
    assert answer.status == 503 and int(answer.headers["retry-after"]) >= 1, answer.text
    assert not [word for word in INSIDE if word in answer["detail"].lower()], answer.text
    execute("alter role florin_app connection limit -1")
    wait_until("it answers again", lambda: client.pay(key).status == 200)


def test_a_22_refusals_show_nothing_of_the_inside(shop, payment_id):
    for answer in (shop.post(PAYMENTS, "{"), shop.get(f"{PAYMENTS}/pay_1"), shop.get("/nowhere"), shop.get(f"{PAYMENTS}?limit=x"),
                   shop.post(PAYMENTS, "{}", Content_Type="text/plain"), request(shop.port, "GET", PAYMENTS),
                   request(shop.port, "PUT", PAYMENTS), shop.void(payment_id)):
        refused(answer, answer.status)
        assert not [word for word in INSIDE if word in answer["detail"].lower() and word != "sk_test"], answer.text
