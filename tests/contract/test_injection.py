"""A-10, A-15, A-16, A-23: fields, filters and cursors that are not offered do nothing; SQL in any string is only text."""

import itertools
from urllib.parse import quote

import pytest
import yaml

from harness.client import new_key, request
from harness.processes import ROOT
from test_bad_input import refused

pytestmark = pytest.mark.usefixtures("quiet_database")
PAYMENTS = "/api/v1/payments"
SCHEMAS = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text())["components"]["schemas"]
REQUESTS = {"create": "CreatePayment", "capture": "Capture", "void": "Void", "refund": "Refund"}

# What stands in answers, rows and other APIs, but in no request.
FIELDS = sorted({name for schema in ("PaymentFields", "Modification", "RefundRow", "OperationFields", "LedgerEntry", "Problem")
                 for name in SCHEMAS[schema]["properties"]} |
                {"id", "merchant", "merchant_id", "fee", "fees", "application_fee", "platform_fee", "version", "bucket", "key_id",
                 "api_key", "idempotency_key", "live_mode", "test", "admin", "scopes", "__proto__", "constructor", "$where",
                 "payment"})


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_10_every_field_that_a_request_does_not_have_is_400_and_named(shop, kind):
    payment_id = shop.pay(capture=kind == "refund")["payment_id"]
    before = shop.payment(payment_id).text
    known = SCHEMAS[REQUESTS[kind]].get("properties", {})
    for field, value in itertools.product((name for name in FIELDS if name not in known), ("captured", 1, None, {})):
        if kind == "create":
            answer = shop.pay(**{field: value})
        else:
            answer = shop.post(f"{PAYMENTS}/{payment_id}/{kind}", {field: value})
        refused(answer, 400, "unknown_field", "/" + field)
    assert shop.payment(payment_id).text == before and len(shop.operations(payment_id)) == 1


SPELLINGS = [
    "Amount", "AMOUNT", "amount ", " amount", "amount\u200b", "amoun\u0074\u0301", "amount[]", "amount.x", "\uff41mount", "",
]


@pytest.mark.parametrize("field", SPELLINGS)
def test_a_10_a_field_has_one_spelling(shop, field):
    answer = shop.pay(**{field: 1})
    refused(answer, 400, "unknown_field")


SQL = [
    "'", "''", "\"", "`", "\\", "\\'", ";", "--", "'; drop table payments; --", "' or '1'='1", "\" or \"1\"=\"1",
    "1); select pg_sleep(5); --", "$$; select 1; $$", "$1", "$2::text", "%s", "%(x)s", ":name", "?", "{0}", "E'\\x41'",
    "U&'\\0041'", "x' union select null,null --", "/*", "*/", "/*!50000 */", "pg_sleep(5)", "';select pg_sleep(5)--",
    "{\"$gt\":\"\"}", "$.store.book[*]", "$[?(@.a==1)]", "[0]", "%", "_", "a%' escape '\\", "\x1b", "null", "NULL",
    "${jndi:ldap://x/y}", "{{7*7}}", "<script>alert(1)</script>", "| id", "$(id)", "`id`", "../../etc/passwd", "%00", "%27",
]


@pytest.mark.parametrize("text", SQL)
def test_a_15_sql_in_every_string_is_only_text(shop, text):
    key = new_key()
    metadata = {text: text, f"k{text}": "v"}
    answer = shop.pay(key, description=text, metadata=metadata)
    assert answer.status == 200, answer.text
    stored = shop.payment(answer["payment_id"]).json()
    assert (stored["description"], stored["metadata"]) == (text, metadata)
    for field in ("currency", "return_url"):
        refused(shop.pay(**{field: text}), 400, pointer="/" + field)
    assert shop.pay(payment_method=text).status in (400, 422)
    refund = shop.post(f"{PAYMENTS}/{answer['payment_id']}/refund", {"amount": 1, "reason": text})
    assert refund.status in (200, 400) and (refund.status == 400 or refund["operation"]["reason"] == text)
    refused(shop.pay(**{text + "x": 1}), 400, "unknown_field")


@pytest.mark.parametrize("text", SQL)
def test_a_15_sql_in_every_parameter_path_and_key_is_refused_or_only_text(shop, text):
    for name in ("limit", "starting_after", "status", "currency", "created_from", "created_to"):
        refused(shop.get(f"{PAYMENTS}?{name}={quote(text, safe='')}"), 400, "invalid_field")
    refused(shop.get(f"{PAYMENTS}?{quote(text, safe='')}=1"), 400, "unknown_field")
    refused(shop.get(f"{PAYMENTS}/{quote(text, safe='')}"), 404, "not_found")
    refused(shop.get(f"{PAYMENTS}/{quote(text, safe='')}/ledger"), 404, "not_found")
    wrong = request(shop.port, "GET", PAYMENTS, {"Authorization": f"Bearer sk_test_{quote(text)}".encode()})
    assert wrong.status == 401
    if text.isascii() and text.isprintable() and " " not in text:
        key = text + new_key()
        assert shop.pay(key).status == 200 and shop.pay(key).headers["idempotent-replayed"] == "true"


UNKNOWN = [
    "colour=red", "Status=captured", "status[]=captured", "status[eq]=captured", "status.in=captured", "amount=1",
    "amount[gte]=1", "amount>=1", "order=asc", "sort=amount", "ending_before=pay_1", "offset=1", "page=2", "q=x",
    "expand[]=charges", "metadata[a]=b", "merchant_id=x", "live=true", "limit =1", "=1", "status", "currency=USD&colour=red",
    "limit=2&metadata=x",
]


@pytest.mark.parametrize("query", UNKNOWN)
def test_a_16_an_unknown_filter_or_operator_is_400_and_never_dropped(shop, query):
    refused(shop.get(f"{PAYMENTS}?{query.replace(' ', '%20')}"), 400)


@pytest.mark.parametrize("path", ["/{id}", "/{id}/refunds", "/{id}/operations", "/{id}/ledger", "/{id}/audit", "balance"])
def test_a_16_paths_without_parameters_refuse_every_one(shop, path):
    payment_id = shop.pay()["payment_id"]
    where = "/api/v1/balance" if path == "balance" else PAYMENTS + path.replace("{id}", payment_id)
    for query in ("limit=1", "currency=USD", "x", "=", "live=true"):
        refused(shop.get(f"{where}?{query}"), 400, "unknown_field")
    assert shop.get(where + "?").status == 200


UUID = "01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b"
WRONG = {
    "limit": ["0", "101", "-1", "1000000000", "9" * 20, "1.0", "1e1", "0x1", "+1", " 1", "1 ", "", "ten", "\u0661"],
    "status": ["gone", "CAPTURED", "captured,failed", "", " captured", "captured\x00"],
    "currency": ["usd", "XXX", "DEM", "US", "USDD", "", "USD,EUR", "U$D"],
    "created_from": ["yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-13", "2026-03-13T25:00:00Z", "",
                     "1773396000", "2026-03-13T10:00:00", "2026-03-13 10:00:00Z'", "99999-01-01T00:00:00Z",
                     "2026-03-13T10:00:00+99:00"],
    "starting_after": ["pay_x", "", "0", "pay_", f"op_{UUID}", f"mer_{UUID}", UUID, f"pay_{UUID[:-1]}", f"pay_{UUID}\x00",
                       f"PAY_{UUID}", "pay_" + "g" * 36, "eyJpZCI6MX0="],
}


@pytest.mark.parametrize("name,value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_23_a_parameter_of_a_wrong_form_is_400_and_named(shop, name, value):
    answer = shop.get(f"{PAYMENTS}?{name}={quote(value, safe='')}")
    refused(answer, 400, "invalid_field")
    assert name in answer["detail"]


EDGES = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z",
         "9999-12-31T23:59:59-23:59", "2026-03-13T10:00:00.123456Z", "2026-03-13T10:00:00%2B14:00"]


@pytest.mark.parametrize("value", EDGES)
def test_a_23_times_at_the_edges_are_answered(shop, value):
    for name in ("created_from", "created_to"):
        assert shop.get(f"{PAYMENTS}?{name}={value}").status in (200, 400), value


def pages(client, query, between=lambda: None):
    """Every payment id, page by page, in the order shown."""
    shown, cursor = [], ""
    for _ in range(200):
        page = client.get(f"{PAYMENTS}?{query}{cursor}").json()
        shown += [payment["payment_id"] for payment in page["data"]]
        if not page["has_more"]:
            return shown
        cursor = f"&starting_after={page['next_starting_after']}"
        between()
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("query", ["limit=1", "limit=3", "limit=100", "limit=2&currency=EUR", "limit=3&status=captured"])
def test_a_23_pages_neither_skip_nor_repeat_while_payments_come_and_change(gateway, query):
    client = gateway.merchant_client("Pages")
    made = [client.pay(currency="EUR" if number % 2 else "USD").json() for number in range(9)]
    wanted = [payment["payment_id"] for payment in reversed(made) if "EUR" not in query or payment["currency"] == "EUR"]
    oldest = made[0 if "EUR" not in query else 1]["payment_id"]

    def meanwhile():
        client.pay(currency="EUR")
        if "status" not in query:
            client.refund(oldest, amount=1)
    assert pages(client, query, meanwhile) == wanted


def test_a_23_a_cursor_that_is_none_of_the_lists_ids_is_a_place_in_it(gateway):
    client = gateway.merchant_client("Cursor")
    made = [client.pay()["payment_id"] for _ in range(3)]
    for cursor, expected in (("pay_ffffffff-ffff-7fff-bfff-ffffffffffff", made[::-1]),
    ("pay_00000000-0000-7000-8000-000000000000", []),
                             (made[1], made[:1])):
        shown = client.get(f"{PAYMENTS}?starting_after={cursor}").json()
        assert [payment["payment_id"] for payment in shown["data"]] == expected
