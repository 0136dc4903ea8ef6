"""POST /psp/stripe/webhooks: only what Stripe signed is stored, all of it, and each event once (W-01, W-06 … W-10).

The gateways are APIs alone: nobody works off what is stored here.
"""

import concurrent.futures
import hashlib
import json
import re
import time

import pytest

from harness.client import request
from harness.processes import ROOT, wait_until
from harness.webhooks import FOREIGN, NEW, OLD, PATH, encoded, event, gateway_of, header, send, sign, stored, value

LARGEST = 256 * 1024


def metric(gateway, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", request(gateway.port, "GET", "/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def refused(answer, status, code):
    assert (answer.status, answer["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_event_is_stored_as_it_came_before_it_is_acknowledged(database, receiver):
    document = event()
    body = json.dumps(document, indent=3, ensure_ascii=False).encode() + b"\n "
    answer = send(receiver, body)
    assert (answer.status, answer.json()) == (200, {"received": True})
    with database.gateway.database() as connection:
        row = connection.execute("select body, type, live, psp, psp_account, weight from psp_events where event_id = %s",
                                 (document["id"],)).fetchone()
    assert row == (body, "payment_intent.succeeded", False, "stripe", "main", 0)
    assert value(database, "select count(*) from open_psp_events where event_id = %s", document["id"]) == 1


# W-06, W-07, W-08: what is sent in place of a good delivery.
def changed_byte(body):
    return body.replace(b"1000", b"1001", 1)


FORGED = {
    "no signature": lambda body: (body, "none"),
    "an empty one": lambda body: (body, ""),
    "a wrong secret": lambda body: (body, header(FOREIGN, body)),
    "an empty secret": lambda body: (body, header("", body)),
    "truncated": lambda body: (body, header(NEW, body)[:-1]),
    "the scheme v0": lambda body: (body, header(NEW, body).replace("v1=", "v0=")),
    "no time": lambda body: (body, header(NEW, body).split(",")[1]),
    "another time": lambda body: (body, "t={},v1={}".format(int(time.time()) - 1, sign(NEW, body)[1])),
    "a time with a dot": lambda body: (body, "t={0}.5,v1={1}".format(*sign(NEW, body))),
    "the time in the body": lambda body: (body, "t={},v1={}".format(*sign(NEW, b"5." + body)).replace(",", ".5,")),
    "in upper case": lambda body: (body, "t={},v1={}".format(sign(NEW, body)[0], sign(NEW, body)[1].upper())),
    "SHA-256 without a key": lambda body: (body, f"t=1,v1={hashlib.sha256(b'1.' + body).hexdigest()}"),
    "a changed byte": lambda body: (changed_byte(body), header(NEW, body)),
    "a byte more": lambda body: (body + b" ", header(NEW, body)),
    "a byte less": lambda body: (body[:-1], header(NEW, body)),
    "written again": lambda body: (json.dumps(json.loads(body), separators=(",", ":")).encode(), header(NEW, body)),
    "another charset": lambda body: (body.decode().encode("utf-16"), header(NEW, body)),
    "a byte order mark": lambda body: (b"\xef\xbb\xbf" + body, header(NEW, body)),
    "old": lambda body: (body, header(NEW, body, int(time.time()) - 400)),
    "of 29 days ago": lambda body: (body, header(NEW, body, int(time.time()) - 29 * 86400)),
    "from the future": lambda body: (body, header(NEW, body, int(time.time()) + 400)),
    "a flood of signatures": lambda body: (body, header(NEW, body) + ",v1=" + ",v1=".join(["0" * 64] * 50)),
    "long": lambda body: (body, header(NEW, body) + "," + "x" * 8000),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_stripe_did_not_sign_now_is_refused_and_writes_nothing(database, receiver, name):
    body, signature = FORGED[name](encoded(event()))
    before = stored(database)
    answer = send(receiver, body, signature)
    refused(answer, 401, "signature_invalid")
    assert answer.headers["www-authenticate"].startswith("Signature ")
    assert stored(database) == before


def test_two_signature_headers_are_none(receiver):
    import http.client
    body = encoded(event())
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=60)
    connection.putrequest("POST", PATH)
    for line in (header(FOREIGN, body), header(NEW, body)):
        connection.putheader("Stripe-Signature", line)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    assert connection.getresponse().status == 401


# W-10
def test_both_secrets_count_while_one_replaces_the_other(receiver):
    for secret in (OLD, NEW):
        assert send(receiver, event(), secret=secret).status == 200
    body = encoded(event())
    both = "t={},v1={},v1={}".format(sign(FOREIGN, body)[0], sign(FOREIGN, body)[1], sign(NEW, body)[1])
    assert send(receiver, body, both).status == 200


def test_after_the_cut_off_the_old_secret_counts_no_more(database):
    with gateway_of(database, "rolled", FLORIN_STRIPE_TEST_WEBHOOK_SECRET=NEW) as gateway:
        refused(send(gateway, event(), secret=OLD), 401, "signature_invalid")
        assert send(gateway, event(), secret=NEW).status == 200


def test_without_a_secret_nobody_is_believed(database):
    with gateway_of(database, "no-secret", FLORIN_STRIPE_TEST_WEBHOOK_SECRET="") as gateway:
        before = stored(database)
        for secret in ("", NEW, " "):
            refused(send(gateway, event(), secret=secret), 401, "signature_invalid")
        assert stored(database) == before
        assert metric(gateway, 'florin_psp_events_refused_total{psp="stripe",why="no_secret"}') == 3
        checked = gateway.cli("config", "check", check=False, FLORIN_STRIPE_TEST_WEBHOOK_SECRET="")
        assert "FLORIN_STRIPE_TEST_WEBHOOK_SECRET is not set" in checked.stdout
        assert NEW not in gateway.cli("config", "print", FLORIN_STRIPE_TEST_WEBHOOK_SECRET=NEW).stdout


UNREADABLE = {
    "empty": b"", "no JSON": b"<html>", "half": encoded(event())[:-20], "a list": b"[]", "null": b"null",
    "UTF-16": encoded(event()).decode().encode("utf-16"), "not UTF-8": encoded(event()).replace(b"usd", b"\xff\xfe"),
    "a NUL": encoded(event(type="a\0b")), "twice": encoded(event()) * 2,
    "two ids": encoded(event()).replace(b'"object": "event"', b'"object": "event", "id": "evt_2"'),
    "no id": encoded(event(id=None)), "a dot in the id": encoded(event(id="evt_1.2")),
    "an id of another": encoded(event(id="pi_1")),
    "a long id": encoded(event(id="evt_" + "x" * 300)), "no type": encoded(event(type=7)),
    "no mode": encoded(event(livemode="false")),
    "no time": encoded(event(created="now")), "another object": encoded(event(object="charge")),
    "deep": encoded(event()).replace(b'{}', b"[" * 100 + b"]" * 100),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_signed_and_no_event_is_refused_and_told(database, receiver, name):
    counter = 'florin_psp_events_refused_total{psp="stripe",why="unreadable"}'
    before, counted = stored(database), metric(receiver, counter)
    refused(send(receiver, UNREADABLE[name]), 400, "event_refused")
    assert stored(database) == before
    assert metric(receiver, counter) == counted + 1
    wait_until("it stands in the log", lambda: '"psp_event.refused"' in receiver.log())


def test_an_event_of_the_other_mode_is_refused(database, receiver):
    before = stored(database)
    refused(send(receiver, event(livemode=True)), 400, "event_refused")
    assert stored(database) == before
    assert metric(receiver, 'florin_psp_events_refused_total{psp="stripe",why="mode"}') >= 1


def test_the_content_type_says_nothing_that_the_signature_does_not(receiver):
    for media in ("application/json", "application/json; charset=utf-16", "text/plain", ""):
        assert send(receiver, event(), Content_Type=media).status == 200


def test_an_event_may_be_longer_than_a_merchants_request(receiver):
    large = event(data={"object": {"object": "charge", "description": "x" * 200_000}})
    assert send(receiver, large).status == 200
    body = encoded(event(data={"object": {"object": "charge", "description": "x" * LARGEST}}))
    refused(send(receiver, body), 413, "payload_too_large")
    merchants = request(receiver.port, "POST", "/api/v1/payments", {"Content-Type": "application/json"}, b" " * 70_000)
    assert merchants.status == 413


# W-01
def test_a_hundred_at_once_are_one_event_and_all_are_acknowledged(database, receiver):
    document = event()
    body = encoded(document)
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: send(receiver, body), range(100)))
    assert {answer.status for answer in answers} == {200}
    for table in ("psp_events", "open_psp_events"):
        assert value(database, f"select count(*) from {table} where event_id = %s", document["id"]) == 1


# W-09: 29 days later Stripe signs anew; what was handled stays handled.
def test_a_handled_event_that_comes_again_is_acknowledged_and_nothing_else(database, receiver):
    document = event()
    assert send(receiver, document).status == 200
    with database.gateway.database() as connection:
        connection.execute("insert into psp_event_ids select event_id, psp, psp_account, live, id, 'no change', now() from "
                           "open_psp_events where event_id = %s", (document["id"],))
        connection.execute("delete from open_psp_events where event_id = %s", (document["id"],))
    assert send(receiver, {**document, "created": document["created"] - 29 * 86400}).status == 200
    assert value(database, "select count(*) from open_psp_events where event_id = %s", document["id"]) == 0
    assert metric(receiver, 'florin_psp_events_received_total{kept="handled",psp="stripe"}') >= 1


def test_unknown_types_are_kept_and_go_behind(database, receiver):
    document = event(type="something.nobody_knows", data={})
    assert send(receiver, document).status == 200
    assert value(database, "select weight from open_psp_events where event_id = %s", document["id"]) == 1


def test_w_17_a_signature_is_compared_in_constant_time_and_with_every_candidate():
    """The time of what follows is a unit test's (src/base/hash_test.cpp); that nothing else looks at it is read here."""
    source = (ROOT / "src" / "psp" / "stripe" / "signature.cpp").read_text()
    [compares] = re.findall(r"^bool signs\(.*?^}", source, re.M | re.S)
    assert compares.count("matches |= equal_in_constant_time(expected, candidate)") == 1
    assert len(re.findall(r"(?<!::)\bexpected\b", compares)) == len(re.findall(r"(?<!::)\bexpected\b", source)) == 2
    assert not re.search(r"[!=]=|memcmp|compare|find|with\(|break|&&|\|\|", compares), compares


def test_only_a_post_is_taken_and_no_key_is_asked_for(receiver):
    assert request(receiver.port, "GET", PATH).status == 405
    assert request(receiver.port, "POST", PATH + "?a=b").status == 400
    assert request(receiver.port, "POST", "/psp/adyen/webhooks").status == 404
    refused(request(receiver.port, "POST", PATH, {"Authorization": "Bearer sk_test_x"}, b"{}"), 401, "signature_invalid")


# W-12: 200 is never said of what the database does not have.
def test_what_cannot_be_stored_is_not_acknowledged(database):
    with gateway_of(database, "cut-off", FLORIN_STRIPE_TEST_WEBHOOK_SECRET=NEW) as gateway:
        assert send(gateway, event()).status == 200  # what is sent next is no longer being prepared
        with database.gateway.database() as connection:
            connection.execute("begin")
            connection.execute("lock table open_psp_events")
            document = event()
            answer = send(gateway, document)
            connection.execute("rollback")
        assert answer.status == 503 and answer["code"] == "commit_unknown", answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert send(gateway, document).status == 200
        assert value(database, "select count(*) from psp_events where event_id = %s", document["id"]) == 1
