"""O-13, O-16 and O-17: what merchants and operators change and send again, on real sockets and in virtual time.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import json

from harness.client import request
from harness.processes import wait_until
from harness.receiver import ENDPOINTS, Receiver, deliveries, make_endpoint, uuid_of, wait_for_status
from harness.virtual_time import HOUR
from harness.webhooks import value


def test_o_13_between_two_tries_the_url_the_state_and_the_endpoint_may_change(shops, shop):
    with Receiver(lambda got, number: 500) as old, Receiver() as new:
        moved, disabled, deleted = (make_endpoint(shop, old.url)["id"] for _ in range(3))
        shop.pay()
        old.wait_for(3)
        for endpoint in (moved, disabled, deleted):
            wait_until("it is tried", lambda: deliveries(shop, endpoint)[0]["tries"] > 0, 60, 0.05)
        patched = request(shop.port, "PATCH", f"{ENDPOINTS}/{moved}", shop.headers(), json.dumps({"url": new.url}))
        assert patched.status == 200, patched.text
        assert shop.post(f"{ENDPOINTS}/{disabled}/disable", {}).status == 200
        assert request(shop.port, "DELETE", f"{ENDPOINTS}/{deleted}", shop.headers()).status == 200
        wait_until("no try is under way", lambda: value(
            shops, "select count(*) from webhook_queues where leased_until is not null") == 0, 60, 0.05)
        count = len(old.ids())
        shops.time.advance(HOUR)
        new.wait_for(1)
        assert new.requests()[0].id == old.requests()[0].id
        shop.pay()
        new.wait_for(2)
        assert len(old.ids()) == count
        assert shop.post(f"{ENDPOINTS}/{disabled}/enable", {}).status == 200
        old.wait_for(count + 1)
        rows = value(shops, "select string_agg(distinct status, ',') from webhook_deliveries where endpoint_id = %s",
                     uuid_of(deleted))
        assert rows == "cancelled"


def test_o_16_a_replay_sends_the_same_ids_again_and_leaves_a_row_in_the_log(shops, shop):
    with Receiver() as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        for _ in range(3):
            shop.pay()
        wait_for_status(shop, endpoint, "delivered", 3)
        first = receiver.requests()
        asked = {"since": "2026-01-01T00:00:00Z"}
        replay = shop.post(f"{ENDPOINTS}/{endpoint}/replay", asked, key="replay-1")
        assert replay.status == 202 and replay["deliveries"] == 3, replay.text
        again = receiver.wait_for(6)[3:]
        assert sorted((got.id, got.body) for got in again) == sorted((got.id, got.body) for got in first)
        wait_for_status(shop, endpoint, "delivered", 3)
        repeat = shop.post(f"{ENDPOINTS}/{endpoint}/replay", asked, key="replay-1")
        assert repeat.status == 202 and repeat.headers["idempotent-replayed"] == "true" and repeat["deliveries"] == 3
        one = shop.post(f"{ENDPOINTS}/{endpoint}/replay", {"event_id": first[0].id})
        assert one["deliveries"] == 1
        assert receiver.wait_for(7)[6].id == first[0].id
        assert len(receiver.ids()) == 7, "the repeat of a request sends nothing"
        assert value(shops, "select count(*) from admin_audit_log where action = 'webhook_endpoint.replay' and subject = %s",
                     endpoint) == 2
        for body, pointer in (({}, "/since"), ({"since": "yesterday"}, "/since"), ({"only_failed": 1}, "/only_failed"),
                              ({"event_id": "x"}, "/event_id")):
            refused = shop.post(f"{ENDPOINTS}/{endpoint}/replay", body)
            assert (refused.status, refused["pointer"]) == (400, pointer)
        stranger = shops.gateway.merchant_client()
        assert stranger.post(f"{ENDPOINTS}/{endpoint}/replay", asked).status == 404
        assert stranger.get(f"{ENDPOINTS}/{endpoint}/deliveries").status == 404


def test_o_16_operators_look_and_replay(shops, shop):
    with Receiver(lambda got, number: 204 if number else 410) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        shop.pay()
        wait_until("it is disabled", lambda: shop.get(f"{ENDPOINTS}/{endpoint}")["status"] == "disabled", 60, 0.05)
        shop.pay()
        cli = shops.gateway.cli
        [row] = json.loads(cli("webhooks", "list", endpoint, "--json").stdout)["data"]
        assert (row["status"], row["last_status"], row["tries"]) == ("pending", 410, 1)
        assert row["event_id"] in cli("webhooks", "list", endpoint, "--since", "1d").stdout
        assert not json.loads(cli("webhooks", "list", endpoint, "--failed", "--json").stdout)["data"]
        assert json.loads(cli("webhooks", "show", endpoint, row["event_id"], "--json").stdout) == row
        refused = cli("webhooks", "replay", endpoint, "--since", "1d", check=False)
        assert refused.returncode == 1 and "enable" in refused.stderr
        assert shop.post(f"{ENDPOINTS}/{endpoint}/enable", {}).status == 200
        wait_until("both events are told", lambda: len(shop.get("/api/v1/events?type=payment.captured")["data"]) == 2, 60, 0.05)
        shops.time.advance(3)
        receiver.wait_for(2)
        wait_for_status(shop, endpoint, "delivered")
        done = json.loads(cli("webhooks", "replay", endpoint, "--since", "1d", "--json").stdout)
        assert done["deliveries"] >= 2, "what it has, and what happened while it was disabled"
        wait_until("both have come", lambda: len(set(receiver.ids())) >= 2, 60, 0.05)
        assert cli("webhooks", "replay", endpoint, check=False).returncode == 2


def test_o_17_an_endpoint_that_is_our_own_api_is_a_failing_endpoint(shops, shop):
    for path in ("/api/v1/payments", "/psp/stripe/webhooks", f"{ENDPOINTS}"):
        make_endpoint(shop, f"http://127.0.0.1:{shops.gateway.port}{path}")
    before = value(shops, "select count(*) from payments")
    shop.pay()
    failing = "select count(*) from webhook_queues q join webhook_endpoints e on e.id = q.endpoint_id " \
              "where e.merchant_id = %s and failures > 0"
    wait_until("all three fail", lambda: value(shops, failing, shop.merchant.removeprefix("mer_")) == 3, 60, 0.05)
    events = shop.get("/api/v1/events").json()["data"]
    assert [event["event"] for event in events] == ["payment.captured"]
    assert value(shops, "select count(*) from payments") == before + 1
