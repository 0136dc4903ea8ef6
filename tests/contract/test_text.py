"""A-05, A-19: text of every kind is refused, or kept byte for byte; and in the log it is one escaped line."""

import json
import unicodedata

import pytest

from harness import json_corpus as corpus
from harness.client import new_key, request
from harness.processes import wait_until
from test_bad_input import raw, refused

pytestmark = pytest.mark.usefixtures("quiet_database")
PAYMENTS = "/api/v1/payments"

TEXTS = {
    "accents": "naïve café Ærøskøbing", "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627\u202c",
    "four bytes": "𝒳 😀 𠜎 \U0010fffd", "joined emoji": "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈", "composed": "é ﬁ Å ｱ",
    "decomposed": "e\u0301 fi A\u030a", "zero width": "a\u200bb\u2060c\ufeffd", "noncharacters": "\ufffe\uffff\ufdd0\U0001ffff",
    "replacement": "\ufffd",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f", "separators": "\u2028\u2029\u0085\u00a0",
    "tags": "\U000e0041\U000e007f",
    "quotes": "\"'`´“”«»\\/", "combining": "Z" + "\u0334\u0335\u0336\u0337" * 60, "spaces kept": "  two  \t ",
    "newlines": "a\r\nb\nc\rd",
    "looks like an escape": "\\u0000 \\ud800 &#0; %00", "JSON": '{"status":"captured"}', "empty": "",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_05_text_comes_back_byte_for_byte(shop, name):
    text, key = TEXTS[name], new_key()
    metadata = {"k": text, (text or "empty")[:40]: "v"}
    answer = shop.pay(key, description=text, metadata=metadata)
    assert answer.status == 200, answer.text
    assert shop.pay(key, description=text, metadata=metadata).text == answer.text, "the replay is the same bytes"
    for shown in (answer.json(), shop.payment(answer["payment_id"]).json(), shop.get(f"{PAYMENTS}?limit=1").json()["data"][0]):
        assert (shown["description"].encode(), shown["metadata"]) == (text.encode(), metadata)


def test_a_05_names_that_only_look_equal_are_two(shop):
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert unicodedata.normalize("NFC", decomposed) == composed
    answer = shop.pay(metadata={composed: "1", decomposed: "2", "caf\u00e9\u200b": "3"})
    assert shop.payment(answer["payment_id"])["metadata"] == {composed: "1", decomposed: "2", "caf\u00e9\u200b": "3"}


def test_a_05_a_repeat_whose_text_only_looks_equal_is_another_request(shop):
    key = new_key()
    assert shop.pay(key, description="caf\u00e9").status == 200
    refused(shop.pay(key, description="cafe\u0301"), 422, "idempotency_key_reused", "/description")
    assert shop.pay(key, description="caf\\u00e9".encode().decode("unicode_escape")).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("bytes_", corpus.INVALID_UTF8, ids=lambda value: value.hex())
def test_a_05_what_is_no_utf_8_is_400_in_every_place(shop, bytes_):
    refused(shop.post(PAYMENTS, corpus.with_value(b'"' + bytes_ + b'"')), 400, "malformed_json")
    refused(shop.post(PAYMENTS, b"{" + corpus.FIELDS + b',"metadata":{"k":"' + bytes_ + b'"}}'), 400, "malformed_json")
    refused(shop.post(PAYMENTS, b"{" + corpus.FIELDS + b',"metadata":{"' + bytes_ + b'":"v"}}'), 400, "malformed_json")
    refused(shop.post(PAYMENTS, b"{" + corpus.FIELDS + b',"' + bytes_ + b'":"v"}'), 400, "malformed_json")


@pytest.mark.parametrize("escape", [*corpus.LONE_SURROGATES, b"\\u0000", b"a\\u0000b"], ids=lambda value: value.decode())
def test_a_05_escaped_lone_surrogates_and_nul_are_400_in_every_place(shop, escape):
    payment_id = shop.pay()["payment_id"]
    for body in (corpus.with_value(b'"' + escape + b'"'), b"{" + corpus.FIELDS + b',"metadata":{"k":"' + escape + b'"}}',
                 b"{" + corpus.FIELDS + b',"metadata":{"' + escape + b'":"v"}}', b'{"' + escape + b'":1}'):
        refused(shop.post(PAYMENTS, body), 400, "malformed_json")
    refused(shop.post(f"{PAYMENTS}/{payment_id}/refund", b'{"reason":"' + escape + b'"}'), 400, "malformed_json")


@pytest.mark.parametrize("length,status", [(1000, 200), (1001, 400)])
def test_a_05_lengths_are_counted_in_characters_not_bytes(shop, length, status):
    assert shop.pay(description="😀" * length).status == status
    assert shop.pay(metadata={"é" * 40: "€" * 500, "n": "x" * 500}).status == 200
    refused(shop.pay(metadata={"é" * 41: "x"}), 400, pointer="/metadata")
    refused(shop.pay(metadata={"k": "é" * 501}), 400, pointer="/metadata")


KEYS = [
    "a", "A", "~" * 255, "!", "'; drop table payments; --", "caf\u00e9", "a b", "a\tb", "x" * 256, "\x7f", "{}", "\\u0061",
    "%61", "a,b",
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_05_an_idempotency_key_is_visible_ascii_and_kept_exactly(shop, gateway, key):
    good = 1 <= len(key) <= 255 and all("!" <= letter <= "~" for letter in key)
    body = json.dumps({"amount": 1000, "currency": "USD", "payment_method": "pm_card_visa"}).encode()
    head = (f"POST {PAYMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shop.secret}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nIdempotency-Key: ").encode()
    answer = raw(shop.port, head + key.encode() + b"\r\n\r\n" + body)
    assert answer.startswith(b"HTTP/1.1 200" if good else b"HTTP/1.1 400"), answer[:200]
    if good:
        with gateway.database() as database:
            assert database.execute("select count(*) from idempotency_keys where key = %s", (key,)).fetchone()[0] == 1


def test_a_05_keys_differ_in_case_and_are_never_trimmed_or_decoded(shop):
    key = "key-%61" + new_key()
    payments = {shop.pay(each)["payment_id"] for each in (key, key.upper(), key.replace("%61", "a"), key + ".")}
    assert len(payments) == 4


HOSTILE = "line\n{\"event\":\"forged\"}\r\n\x1b[31mred\x1b[0m \u2028 \u202e"


def test_a_19_hostile_text_makes_no_second_line_in_the_log(shop, gateway):
    before = len(gateway.log().splitlines())
    answer = shop.pay(new_key(), description=HOSTILE, metadata={"k": HOSTILE, HOSTILE[:40]: "v"})
    assert answer.status == 200
    for path in ("/api/v1/payments/%0a%1b[31m", "/api/v1/payments/pay_%0d%0aX-Evil:%201", f"{PAYMENTS}?status=%0a%1b[2J",
    f"{PAYMENTS}?%0a=1",
                 "/nowhere/%0aforged"):
        assert shop.get(path).status in (400, 404)
    for name in ("X-Request-Id", "User-Agent", "traceparent", "Referer"):
        request(shop.port, "GET", PAYMENTS, {**shop.headers(), name: "a\x1b[31mb \\ \" {\"event\":\"forged\"}"})
    wait_until("the requests are logged", lambda: len(gateway.log().splitlines()) >= before + 9)
    for line in gateway.log().splitlines()[before:]:
        assert json.loads(line)["event"] != "forged", line
        assert not any(ord(letter) < 32 or letter in "\x7f\u2028\u202e" for letter in line), line


def test_a_19_text_of_a_client_makes_no_header_of_ours(shop):
    for path in ("/api/v1/payments/pay_%0d%0aSet-Cookie:%20a=b", f"{PAYMENTS}?limit=%0d%0aSet-Cookie:%20a=b"):
        answer = shop.get(path)
        assert answer.status in (400, 404) and "set-cookie" not in answer.headers
    for bad in (b"a\rb", b"a\nb", b"a\0b"):
        head = f"GET {PAYMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shop.secret}\r\nX-Request-Id: ".encode()
        assert raw(shop.port, head + bad + b"\r\n\r\n").startswith(b"HTTP/1.1 400")
