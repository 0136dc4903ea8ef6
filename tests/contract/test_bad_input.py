"""Bad input: the catalogue's A cases that concern a sale. A documented status, a message that names the field, no effect."""

import json
import socket

import pytest

from harness.client import SALE, Client, new_key, request

PAN = "4242424242424242"


def refused(answer, status, code=None, pointer=None):
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["request_id"].startswith("req_") and problem["detail"]
    assert code is None or problem["code"] == code, problem
    assert pointer is None or problem.get("pointer") == pointer, problem


MALFORMED = ["", "{", "[]", "null", "1", '"text"', "{'amount':1}", '{"amount":1,}', '{"amount":1}x', "\ufeff{}",
             '{"amount":NaN}', '{"amount":1e400}', '{"amount":01}', '{"amount":+1}', '{"a":"\\x"}', '{"a":"\t"}', "{" * 5000,
             "[" * 100000, '{"amount":1,"amount":2}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":"' + "x" * 70000 + '"}']


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_01_malformed_json_is_400_or_413_and_stores_nothing(merchant, body):
    answer = merchant.post("/api/v1/payments", body)
    refused(answer, 413 if len(body.encode()) > 65536 else 400)
    assert merchant.get("/api/v1/payments").json()["data"] == []


def test_a_01_duplicate_members_are_refused_naming_the_member(merchant):
    answer = merchant.post("/api/v1/payments", '{"amount":1,"amount":2,"currency":"USD","payment_method":"pm_card_visa"}')
    refused(answer, 400)
    assert "amount" in answer["detail"] or answer.json().get("pointer") == "/amount"


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


@pytest.mark.parametrize("field", ["status", "merchant_id", "fee", "captured_amount", "created_at", "psp", "id", "ammount"])
def test_a_10_unknown_fields_are_400_and_named(merchant, field):
    refused(merchant.pay(**{field: "x"}), 400, "unknown_field", "/" + field)


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


@pytest.mark.parametrize("body,status", [
    (b'{"amount":1,"currency":"USD","payment_method":"pm_card_visa","description":"\xff\xfe"}', 400),
    (b'{"amount":1,"currency":"USD","payment_method":"pm_card_visa","description":"\xc0\xaf"}', 400),
    (b'{"amount":1,"currency":"USD","payment_method":"pm_card_visa","description":"\xed\xa0\x80"}', 400)])
def test_a_05_text_that_is_not_utf_8_is_400(merchant, body, status):
    refused(merchant.post("/api/v1/payments", body), status)


@pytest.mark.parametrize("text", ["naïve café", "\u202eright to left", "𝒳 four bytes", "e\u0301 and é", "line\nbreak \"quoted\" \\"])
def test_a_05_text_is_stored_exactly_as_sent(merchant, text):
    answer = merchant.pay(description=text, metadata={"k": text})
    assert answer.status == 200
    stored = merchant.payment(answer["payment_id"]).json()
    assert (stored["description"], stored["metadata"]) == (text, {"k": text})


@pytest.mark.parametrize("text", ["'; drop table payments; --", "$$", "\\", "%s", "{}", "${jndi:x}", "' or '1'='1"])
def test_a_15_text_with_sql_in_it_is_only_text(merchant, text):
    answer = merchant.post("/api/v1/payments", {**SALE, "description": text, "metadata": {text[:40]: text}}, key=None)
    assert answer.status == 200 and merchant.payment(answer["payment_id"])["description"] == text
    from urllib.parse import quote
    refused(merchant.get(f"/api/v1/payments?status={quote(text)}"), 400)
    refused(merchant.get(f"/api/v1/payments?starting_after={quote(text)}"), 400)


@pytest.mark.parametrize("query", ["colour=red", "limit=0", "limit=101", "limit=-1", "limit=x", "limit=1&limit=2", "status=gone",
                                   "currency=usd", "starting_after=pay_x", "created_from=yesterday"])
def test_a_16_unknown_or_wrong_filters_are_400_and_named(merchant, query):
    answer = merchant.get(f"/api/v1/payments?{query}")
    refused(answer, 400)
    assert query.split("=")[0] in answer["detail"] + answer.json().get("pointer", "")


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


def test_a_04_many_members_and_deep_nesting_are_bounded(merchant):
    refused(merchant.post("/api/v1/payments", "{" + ",".join(f'"{n}":1' for n in range(5000)) + "}"), 400)
    refused(merchant.post("/api/v1/payments", '{"metadata":' * 2000 + "1" + "}" * 2000), 400)


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


def test_a_09_another_merchants_payment_is_the_same_404_as_a_missing_one(gateway, merchant):
    stranger = gateway.merchant_client("Stranger")
    payment_id = merchant.pay()["payment_id"]
    missing = payment_id[:-4] + ("0000" if not payment_id.endswith("0000") else "1111")
    for tail in ("", "/operations", "/ledger", "/audit"):
        theirs = stranger.get(f"/api/v1/payments/{payment_id}{tail}")
        none = stranger.get(f"/api/v1/payments/{missing}{tail}")
        refused(theirs, 404, "not_found")
        strip = lambda answer: {name: value for name, value in answer.json().items() if name != "request_id"}
        assert strip(theirs) == strip(none)
    assert stranger.get("/api/v1/payments").json()["data"] == []
    refused(stranger.get(f"/api/v1/payments?starting_after=mer_x"), 400)


def test_a_09_the_live_key_does_not_see_test_payments(gateway, merchant):
    live = Client(gateway.port, gateway.create_key(merchant.merchant, "live")["key"])
    refused(live.get(f"/api/v1/payments/{merchant.pay()['payment_id']}"), 404)


def test_a_18_wrong_methods_and_paths_are_405_and_404(merchant):
    for method in ("PUT", "DELETE", "PATCH"):
        answer = request(merchant.port, method, "/api/v1/payments", merchant.headers())
        refused(answer, 405)
        assert "POST" in answer.headers["allow"]
    for path in ("/api/v1/payments/", "/api/v1//payments", "/api/v1/Payments", "/api/v2/payments", "/api/v1/%70ayments"):
        refused(request(merchant.port, "GET", path, merchant.headers()), 404)


def test_a_body_that_is_not_declared_as_json_is_415(merchant):
    refused(merchant.post("/api/v1/payments", json.dumps(SALE), Content_Type="text/plain"), 415)


def test_a_22_errors_show_nothing_of_the_inside(merchant):
    for answer in (merchant.post("/api/v1/payments", "{"), merchant.get("/api/v1/payments/pay_1"), merchant.get("/nowhere")):
        assert not any(word in answer.text.lower() for word in ("select ", "insert ", "postgres", "boost", ".cpp", "stack"))
