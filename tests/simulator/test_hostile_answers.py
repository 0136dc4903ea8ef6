"""Answers that no client should believe: each is what its name says, comes after the work, and is gone with the repeat."""

import http.client
import json
import zlib

import pytest

from acts import Act


def plain(answer):
    return json.loads(answer.body, parse_constant=lambda word: word)


def members(answer):
    return json.loads(answer.body, object_pairs_hook=lambda pairs: [name for name, _ in pairs])


@pytest.mark.parametrize("action, is_hostile", [
    ("wrong_types", lambda it: isinstance(plain(it)["amount"], str) and isinstance(plain(it)["created"], str)),
    ("not_a_number", lambda it: plain(it)["amount"] == "NaN"),
    ("duplicate_keys", lambda it: members(it).count("amount") == 2 == members(it).count("status")),
    ("byte_order_mark", lambda it: it.body.startswith(b"\xef\xbb\xbf{")),
    ("utf16", lambda it: it.body.startswith(b"\xff\xfe{\0") and json.loads(it.body.decode("utf-16"))),
    ("wrong_content_type", lambda it: it.headers["Content-Type"] == "text/plain" and plain(it)),
    ("wrong_status", lambda it: plain(it)["status"] == "teleported"),
    ("wrong_id", lambda it: len(plain(it)["id"]) > 20),
], ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("operation", ["sale", "capture", "void", "refund"])
def test_a_hostile_answer_comes_after_the_work(simulator, operation, action, is_hostile):
    act = Act(simulator, operation)
    fault = simulator.fault(action, operation=operation, times=1)
    answer = act()
    assert answer.status == 200 and is_hostile(answer) and (act.done(), simulator.hits(fault)) == (1, 1)
    good = act()
    assert good.json["object"] and act.done() == 1
    assert (good.body, good.headers["Content-Type"]) != (answer.body, answer.headers["Content-Type"])
    assert action != "wrong_id" or good.json["id"] != plain(answer)["id"]


def test_somebody_elses_object(simulator):
    for operation in ("sale", "capture", "refund"):
        other, own = Act(simulator, operation), Act(simulator, operation)
        other.__dict__["parameters"] = {**other.parameters, "metadata[who]": "other"}
        simulator.fault("other_object", operation=operation, times=1)
        theirs = simulator.stripe("POST", other.path, other.parameters, f"other {operation}").json["id"]
        simulator.control("DELETE", "faults")
        simulator.fault("other_object", operation=operation, times=1)
        shown = own().json["id"]
        assert shown != own().json["id"] and shown[:3] == theirs[:3]


def test_a_gzip_bomb_unpacks_to_more_than_a_hundred_megabytes(simulator):
    simulator.fault("gzip_bomb", times=1)
    answer = simulator.sale()
    assert answer.headers["Content-Encoding"] == "gzip" and len(answer.body) < 1_000_000
    unpacking, size, rest = zlib.decompressobj(31), 0, answer.body
    while rest and not unpacking.eof and size < 110_000_000:
        size += len(unpacking.decompress(rest, 10_000_000))
        rest = unpacking.unconsumed_tail
    assert size >= 110_000_000


def test_a_body_of_a_hundred_megabytes(simulator):
    simulator.fault("huge_body", times=1, bytes=100_000_000)
    assert len(simulator.sale().body) > 100_000_000


def test_an_endless_body(simulator):
    simulator.fault("endless_body", times=1)
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=30)
    connection.request("GET", "/v1/payment_intents", headers={"Authorization": "Bearer sk_test_x"})
    answer = connection.getresponse()
    assert answer.headers["Content-Length"] is None
    assert len(answer.read(20_000_000)) == 20_000_000
    connection.close()
    assert simulator.sale().status == 200
