"""A-01, A-04: JSON that is broken, ambiguous or huge. 400 or 413, a message, nothing stored, and never a crash."""

import json

import pytest

from harness import json_corpus as corpus
from harness.client import new_key
from test_bad_input import raw, refused

pytestmark = pytest.mark.usefixtures("quiet_database")
PAYMENTS = "/api/v1/payments"


def shown(body):
    return body[:60].decode("latin-1").encode("unicode_escape").decode()


@pytest.fixture(scope="module")
def authorized(shop):
    """A payment on which captures and refunds are tried; at the end it is as it was, and nothing else was stored."""
    payment_id = shop.authorize()["payment_id"]
    before = shop.payment(payment_id).text
    yield payment_id
    assert shop.payment(payment_id).text == before and len(shop.operations(payment_id)) == 1


@pytest.fixture
def nothing_stored(shop):
    newest = shop.get(f"{PAYMENTS}?limit=1").text
    yield
    assert shop.get(f"{PAYMENTS}?limit=1").text == newest


@pytest.mark.parametrize("name,body,description", corpus.ACCEPTED, ids=[case[0] for case in corpus.ACCEPTED])
def test_a_01_good_json_is_accepted_and_means_what_it_says(shop, name, body, description):
    answer = shop.post(PAYMENTS, body)
    assert answer.status == 200, answer.text
    stored = shop.payment(answer["payment_id"]).json()
    assert (stored["description"], stored["amount"]) == (description, json.loads(body)["amount"])


@pytest.mark.parametrize("value", corpus.VALUES, ids=shown)
def test_a_01_a_value_that_is_no_json_is_400(shop, authorized, nothing_stored, value):
    refused(shop.post(PAYMENTS, corpus.with_value(value)), 400)
    refused(shop.post(PAYMENTS, b"{" + corpus.FIELDS + b',"metadata":{"k":' + value + b"}}"), 400)
    refused(shop.post(PAYMENTS, value), 400)
    if value:  # no body at all is an empty object here
        refused(shop.post(f"{PAYMENTS}/{authorized}/capture", value), 400)
        refused(shop.post(f"{PAYMENTS}/{authorized}/refund", b'{"reason":' + value + b"}"), 400)


@pytest.mark.parametrize("body", corpus.BODIES, ids=shown)
def test_a_01_a_body_that_is_no_json_object_is_400(shop, nothing_stored, body):
    refused(shop.post(PAYMENTS, body), 400)


@pytest.mark.parametrize("amount", corpus.AMOUNTS, ids=shown)
def test_a_01_an_amount_is_an_integer_in_range_or_nothing(shop, authorized, nothing_stored, amount):
    answer = shop.post(PAYMENTS, corpus.with_amount(amount))
    refused(answer, 400)
    assert "amount" in answer.json().get("pointer", "") + answer["detail"] or "integer" in answer["detail"]


TYPES = {"currency": str, "payment_method": str, "description": str, "return_url": str, "metadata": dict, "capture": bool,
         "multiple_captures": bool}
WRONG = [(field, value) for field, right in TYPES.items() for value in (None, 1, True, "text", [], {"a": 1}, ["USD"], [True])
         if not isinstance(value, right)] + [("currency", "US"), ("return_url", "text"), ("metadata", {"a": 1}), ("metadata",
         {"a": {}})]


@pytest.mark.parametrize("field,value", WRONG, ids=repr)
def test_a_01_a_value_of_the_wrong_type_is_400_and_never_coerced(shop, nothing_stored, field, value):
    refused(shop.pay(**{field: value}), 400, pointer=f"/{field}")


def test_a_01_the_place_of_the_fault_is_named(shop):
    answer = shop.post(PAYMENTS, b'{"amount":1000,"currency":"USD" "payment_method":"x"}')
    refused(answer, 400, "malformed_json")
    assert "byte 32" in answer["detail"] or "byte 31" in answer["detail"], answer["detail"]
    refused(shop.post(PAYMENTS, b'{"metadata":{"list":[1,2,1.5]}}'), 400, "malformed_json", "/metadata/list/2")


HUGE = [
    ("100 000 arrays", b"[" * 100_000), ("30 000 arrays", b"[" * 30_000), ("closed arrays", b"[" * 30_000 + b"]" * 30_000),
    ("objects in objects", b'{"a":' * 10_000), ("17 levels", b'{"metadata":' * 17 + b"1" + b"}" * 17),
    ("a million members", b"{" + b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}"),
    ("5 000 members", b"{" + b",".join(b'"%d":1' % n for n in range(5_000)) + b"}"),
    ("30 000 elements", b'{"metadata":[' + b",".join([b"1"] * 30_000) + b"]}"),
    ("a huge string", corpus.with_value(b'"' + b"x" * 65_000 + b'"')),
    ("a string of escapes", corpus.with_value(b'"' + b"\\u00e9" * 10_000 + b'"')),
    ("a huge number", corpus.with_amount(b"1" * 65_000)), ("a huge name", b'{"' + b"k" * 65_000 + b'":1}'),
    ("only white space", b" " * 65_000), ("a megabyte", corpus.with_value(b'"' + b"x" * 1_000_000 + b'"')),
]


@pytest.mark.parametrize("name,body", HUGE, ids=[case[0] for case in HUGE])
def test_a_04_depth_members_and_length_are_bounded(shop, gateway, nothing_stored, name, body):
    process = gateway.child.pid
    if len(body) > 65_536:  # refused before it is read; http.client would see the connection go while it writes
        head = (f"POST {PAYMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shop.secret}\r\n"
                f"Content-Type: application/json\r\nIdempotency-Key: {new_key()}\r\nContent-Length: {len(body)}\r\n\r\n")
        assert b" 413 " in raw(shop.port, head.encode())[:20]
    else:
        refused(shop.post(PAYMENTS, body), 400)
    assert gateway.alive() and gateway.child.pid == process


def test_a_04_names_that_collide_in_common_hashes_are_only_names(shop, nothing_stored):
    """Names of blocks that ×31, ×33 and the like cannot tell apart; the bound on members bounds the work, too."""
    names = ["".join(("Aa", "BB", "C#", "Ez", "FY")[number // 5 ** place % 5] for place in range(5)) for number in range(900)]
    assert len(set(names)) == 900
    refused(shop.post(PAYMENTS, {name: 1 for name in names}), 400)
    refused(shop.pay(metadata={name: "v" for name in names}), 400, pointer="/metadata")
    refused(shop.post(PAYMENTS, {name: 1 for name in [*names, *(f"n{number}" for number in range(101))]}), 400, "malformed_json")
