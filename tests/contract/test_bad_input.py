"""Bad input to a sale, field by field and in its headers: a documented status, a message that names the field, no effect."""

import json
import socket

import pytest

from harness.client import SALE, new_key, request

PAN = "4242424242424242"


def refused(answer, status, code=None, pointer=None):
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["request_id"].startswith("req_") and problem["detail"]
    assert code is None or problem["code"] == code, problem
    assert pointer is None or problem.get("pointer") == pointer, problem


@pytest.mark.parametrize("amount", ["100.0", "1.005", "1e2", '"100"', "null", "0", "-0", "-1", "9223372036854775808",
                                    "9223372036854775807", "100000000", "true", "[]", "{}"])
def test_a_06_an_amount_that_is_not_a_positive_integer_in_range_is_400(merchant, amount):
    body = f'{{"amount":{amount},"currency":"USD","payment_method":"pm_card_visa"}}'
    answer = merchant.post("/api/v1/payments", body)
    refused(answer, 400)
    assert "amount" in (answer.json().get("pointer", "") + answer["detail"]) or "integer" in answer["detail"]


@pytest.mark.parametrize("currency", ["usd", "XXX", "XTS", "XAU", "BTC", "DEM", "US", "USDD", "", "US$", None, 840])
def test_a_07_an_unknown_currency_is_400(merchant, currency):
    refused(merchant.pay(currency=currency), 400, pointer="/currency")


@pytest.mark.parametrize("field", ["amount", "currency", "payment_method"])
def test_a_missing_field_is_400_and_named(merchant, field):
    body = {name: value for name, value in SALE.items() if name != field}
    refused(merchant.post("/api/v1/payments", body), 400, "missing_field", "/" + field)


CARD_NUMBERS = [PAN, "4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005", "5555555555554444", "6011111111111117"]


@pytest.mark.parametrize("number", CARD_NUMBERS)
@pytest.mark.parametrize("field", ["payment_method", "description", "metadata", "return_url", "metadata_key"])
def test_card_numbers_are_refused_in_any_field_and_never_echoed_or_logged(merchant, gateway, field, number):
    value = {"payment_method": number, "description": f"card {number} thanks", "metadata": {"note": number},
             "return_url": f"https://merchant.example/?card={number.replace(' ', '')}", "metadata_key": {number: "x"}}[field]
    answer = merchant.pay(**{"metadata" if field == "metadata_key" else field: value})
    refused(answer, 400, "card_number_refused")
    assert number not in answer.text and number not in gateway.log()


def test_the_source_documents_own_example_token_is_an_alias_in_test_mode(merchant):
    answer = merchant.pay(payment_method="tok_4242424242424242")
    assert (answer.status, answer["status"]) == (200, "captured")


@pytest.mark.parametrize("metadata", [{"a": 1}, {"a": None}, {"a": {}}, [], "x", {"k" * 41: "v"}, {"k": "v" * 501},
                                      {str(n): "v" for n in range(51)}])
def test_metadata_of_a_wrong_form_is_400(merchant, metadata):
    refused(merchant.pay(metadata=metadata), 400)


@pytest.mark.parametrize("url", ["http://merchant.example/", "javascript:alert(1)", "https://user:pw@merchant.example/", "", "x",
                                 "https://", 5])
def test_a_return_url_that_is_not_https_is_400(merchant, url):
    refused(merchant.pay(return_url=url), 400, pointer="/return_url")


@pytest.mark.parametrize("method", ["", "visa card", "pm_card_visa;", "x" * 65, None, 1, "'", "../x"])
def test_a_payment_method_of_a_wrong_form_is_400(merchant, method):
    refused(merchant.pay(payment_method=method), 400, pointer="/payment_method")


def test_an_unknown_payment_method_is_422_from_the_psp(merchant):
    answer = merchant.pay(payment_method="pm_card_nonexistent")
    refused(answer, 422, "payment_refused")
    assert answer["payment"]["status"] == "failed"


def raw(port, data, timeout=20):
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as link:
        link.sendall(data)
        answer = b""
        while chunk := link.recv(65536):
            answer += chunk
            if b"\r\n\r\n" in answer and b"onnection: close" not in answer:
                break
    return answer


def head(merchant, *lines):
    common = ["POST /api/v1/payments HTTP/1.1", "Host: localhost", f"Authorization: Bearer {merchant.secret}",
              "Content-Type: application/json", f"Idempotency-Key: {new_key()}"]
    return "\r\n".join([*common, *lines]).encode() + b"\r\n\r\n"


def test_a_02_oversized_headers_and_bodies_are_refused_early(merchant):
    assert b" 413 " in raw(merchant.port, head(merchant, "Content-Length: 10000000"))[:20]
    assert b" 431 " in raw(merchant.port, head(merchant, "X: " + "y" * 70000, "Content-Length: 0"))[:20]
    many = [f"X-{n}: y" for n in range(20000)]
    assert b" 431 " in raw(merchant.port, head(merchant, *many))[:20]


def test_a_02_conflicting_lengths_are_refused(merchant):
    body = json.dumps(SALE).encode()
    both = head(merchant, f"Content-Length: {len(body)}", "Transfer-Encoding: chunked") + body
    assert b" 400 " in raw(merchant.port, both)[:20]
    twice = head(merchant, f"Content-Length: {len(body)}", "Content-Length: 5") + body
    assert b" 400 " in raw(merchant.port, twice)[:20]


@pytest.mark.parametrize("header", [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer sk_test_x"},
                                    {"Authorization": "Basic dXNlcjpwdw=="}, {"Authorization": "Bearer " + "x" * 5000}])
def test_missing_or_wrong_credentials_are_401(merchant, header):
    for path in ("/api/v1/payments", "/api/v1/balance", "/api/v1/payments/pay_x"):
        answer = request(merchant.port, "GET", path, header)
        refused(answer, 401, "unauthenticated")
        assert "bearer" in answer.headers["www-authenticate"].lower()


def test_a_revoked_key_is_soon_401(gateway, merchant):
    from harness.processes import wait_until
    assert merchant.get("/api/v1/balance").status == 200
    gateway.cli("keys", "revoke", merchant.key_id)
    wait_until("the key is refused", lambda: merchant.get("/api/v1/balance").status == 401, 20, 0.1)


def test_a_key_in_the_url_is_not_a_credential(merchant):
    refused(request(merchant.port, "GET", f"/api/v1/balance?key={merchant.secret}"), 401)


def test_a_body_that_is_not_declared_as_json_is_415(merchant):
    refused(merchant.post("/api/v1/payments", json.dumps(SALE), Content_Type="text/plain"), 415)
