"""O-04 … O-11: deliveries to merchants' endpoints, on real sockets and in virtual time.

Needs a build with fail points (preset debug or asan), which FLORIN_BUILD names.
"""

import time

import pytest

from harness.processes import wait_until
from harness.receiver import (ENDPOINTS, Receiver, deliveries, drip, flood, hang, is_signed, lose, make_endpoint, uuid_of,
                              verified, wait_for_status)
from harness.virtual_time import DAY, HOUR
from harness.webhooks import value

TIMEOUT = 15


def seconds_until_due(world, endpoint):
    return float(value(world, "select extract(epoch from due_at - florin_now()) from webhook_queues where endpoint_id = %s",
                       uuid_of(endpoint)))


def let_it_be_tried(world, client, endpoint, event_id):
    """Moves time to the next try of the endpoint's only delivery; the delivery after it."""
    before = delivery(client, endpoint, event_id)["tries"]
    world.time.advance(max(0.0, seconds_until_due(world, endpoint)) + 0.05)

    def tried():
        row = delivery(client, endpoint, event_id)
        is_given_back = value(world, "select leased_until is null from webhook_queues where endpoint_id = %s", uuid_of(endpoint))
        return row if row["tries"] > before and is_given_back else None
    return wait_until("it is tried", tried, 60, 0.02)


def delivery(client, endpoint, event_id):
    return next(row for row in deliveries(client, endpoint) if row["event_id"] == event_id)


def test_o_11_the_official_library_takes_each_event_and_the_body_is_that_of_the_list(shops, shop):
    with Receiver() as receiver:
        endpoint = make_endpoint(shop, receiver.url + "?shop=7", types=["payment.captured", "payment.failed"])
        paid, held = shop.pay(), shop.authorize()
        assert shop.pay(payment_method="pm_card_visa_chargeDeclined").status == 402
        got = receiver.wait_for(2)
        assert [verified(endpoint["secret"], one)["event"] for one in got] == ["payment.captured", "payment.failed"]
        for one in got:
            assert one.path == "/hook?shop=7"
            assert one.headers["content-type"] == "application/json" and one.headers["host"].startswith("127.0.0.1:")
            assert shop.get(f"/api/v1/events/{one.id}").text.encode() == one.body
            assert one.event["id"] == one.id
            now = time.time() + shops.time.seconds
            assert abs(now - int(one.headers["webhook-timestamp"])) < 60
        assert got[0].event["payment_id"] == paid["payment_id"] != held["payment_id"]
        assert {name: got[0].event[name] for name in ("amount", "currency", "sequence", "live")} == {
            "amount": 10000, "currency": "USD", "sequence": 1, "live": False}
        rows = wait_for_status(shop, endpoint["id"], "delivered", 2)
        assert [(row["tries"], row["last_status"], row["last_error"], row["next_try_at"]) for row in rows] == 2 * [
            (1, 204, None, None)]
        log = shops.gateway.log()
        assert endpoint["secret"] not in log and "shop=7" not in log


def test_o_11_while_a_secret_is_rotated_both_are_taken(shop):
    import standardwebhooks
    with Receiver() as receiver:
        endpoint = make_endpoint(shop, receiver.url)
        rotated = shop.post(f"{ENDPOINTS}/{endpoint['id']}/rotate-secret", {"overlap_seconds": 3600})
        assert rotated.status == 200, rotated.text
        shop.pay()
        [got] = receiver.wait_for(1)
        assert len(got.headers["webhook-signature"].split()) == 2
        for secret in (endpoint["secret"], rotated["secret"]):
            assert verified(secret, got)["event"] == "payment.captured"
        with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
            verified("whsec_" + "QUFB" * 8, got)


def test_a_test_event_arrives_at_its_endpoint_alone(shop):
    with Receiver() as receiver, Receiver() as other:
        endpoint = make_endpoint(shop, receiver.url, types=["payment.failed"])
        make_endpoint(shop, other.url)
        sent = shop.post(f"{ENDPOINTS}/{endpoint['id']}/test", {})
        assert sent.status == 202, sent.text
        [got] = receiver.wait_for(1)
        assert got.id == sent["event_id"]
        assert verified(endpoint["secret"], got)["data"] == {"endpoint_id": endpoint["id"]}
        assert shop.get(f"/api/v1/events/{got.id}").text.encode() == got.body
        listed = shop.get("/api/v1/events?type=webhook_endpoint.test").json()["data"]
        assert [event["id"] for event in listed] == [got.id]
        shop.pay()
        assert other.wait_for(1)[0].event["event"] == "payment.captured"


@pytest.mark.parametrize("silence", [hang, lambda: drip], ids=["never", "byte_by_byte"])
def test_o_04_who_does_not_answer_delays_nobody_and_is_cut_off(shops, shop, silence):
    other = shops.gateway.merchant_client()
    quiet = silence()
    with Receiver(lambda got, number: quiet) as slow, Receiver() as quick:
        stuck = make_endpoint(shop, slow.url)
        make_endpoint(other, quick.url)
        for _ in range(3):
            shop.pay()
        slow.wait_for(1)
        for _ in range(10):
            other.pay()
        quick.wait_for(10)
        assert slow.most_at_once == 1 and len(slow.ids()) == 1
        shops.time.advance(TIMEOUT + 1)
        [row] = wait_until("the try is ended", lambda: [row for row in deliveries(shop, stuck["id"]) if row["tries"] == 1],
                           60, 0.05)
        assert row["status"] == "pending" and row["last_status"] is None and "timeout" in row["last_error"]


@pytest.mark.parametrize("status,expected", [(200, "delivered"), (500, "pending")])
def test_o_05_of_an_endless_answer_only_the_beginning_is_read(shop, status, expected):
    with Receiver(lambda got, number: flood(status)) as receiver:
        endpoint = make_endpoint(shop, receiver.url)
        shop.pay()
        receiver.wait_for(1)
        [row] = wait_until("it is tried", lambda: [row for row in deliveries(shop, endpoint["id"]) if row["tries"] > 0], 60, 0.05)
        assert (row["status"], row["last_status"]) == (expected, status)
        assert receiver.flooded < 100_000_000


def test_o_06_a_day_of_tries_then_failed_and_after_days_of_failure_disabled_with_a_notice(shops, shop):
    with Receiver(lambda got, number: 500) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        shop.pay()
        event = receiver.wait_for(1)[0].id
        row = wait_until("it is tried", lambda: (row := delivery(shop, endpoint, event))["tries"] == 1 and row, 60, 0.05)
        while row["status"] == "pending":
            row = let_it_be_tried(shops, shop, endpoint, event)
        assert row["status"] == "failed" and row["last_error"] == "answered 500"
        tries = receiver.requests(event)
        at = [int(got.headers["webhook-timestamp"]) for got in tries]
        assert DAY <= at[-1] - at[0] <= DAY + 120
        assert 17 <= len(tries) <= 20
        for number, gap in enumerate([later - sooner for sooner, later in zip(at, at[1:])][:-1]):
            # Beside its own time the endpoint's back-off, an hour at the most; whole seconds, and what the test itself takes.
            assert 0.8 * 2 ** number - 1.1 <= gap <= 1.2 * 2 ** number + 30, (number, gap)
        assert len({got.body for got in tries}) == 1
        assert len({got.headers["webhook-signature"] for got in tries}) == len(set(at))

        shops.time.advance(4 * DAY + HOUR)
        shop.pay()
        wait_until("it is disabled",
                   lambda: shop.get(f"{ENDPOINTS}/{endpoint}").json()["disabled_reason"] == "failing", 60, 0.05)
        [notice] = shop.get("/api/v1/events?type=webhook_endpoint.disabled").json()["data"]
        assert notice["data"] == {"endpoint_id": endpoint, "reason": "failing"}
        count = len(receiver.ids())
        shop.pay()
        shops.time.advance(DAY)
        with Receiver() as other:
            make_endpoint(shop, other.url)
            shop.pay()
            other.wait_for(1)
        assert len(receiver.ids()) == count


def test_o_06_410_disables_at_once_and_the_other_endpoint_is_told(shop):
    with Receiver(lambda got, number: 410) as gone, Receiver() as other:
        make_endpoint(shop, other.url, types=["webhook_endpoint.disabled"])
        endpoint = make_endpoint(shop, gone.url)["id"]
        shop.pay()
        assert other.wait_for(1)[0].event["data"] == {"endpoint_id": endpoint, "reason": "gone"}
        row = shop.get(f"{ENDPOINTS}/{endpoint}").json()
        assert (row["status"], row["disabled_reason"]) == ("disabled", "gone")
        assert len(gone.ids()) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_o_06_retry_after_is_waited_for(shops, shop, status):
    with Receiver(lambda got, number: 200 if number else (status, {"Retry-After": "600"})) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        shop.pay()
        event = receiver.wait_for(1)[0].id
        wait_until("it is given back", lambda: 500 < seconds_until_due(shops, endpoint) <= 600, 60, 0.05)
        row = let_it_be_tried(shops, shop, endpoint, event)
        assert (row["status"], row["tries"]) == ("delivered", 2)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_o_03_a_redirect_is_a_failure_and_not_followed(shop, status):
    with Receiver() as secret, Receiver(lambda got, number: (status, {"Location": secret.url})) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        shop.pay()
        receiver.wait_for(1)
        [row] = wait_until("it is tried", lambda: [row for row in deliveries(shop, endpoint) if row["tries"] > 0], 60, 0.05)
        assert row["last_error"] == f"answered {status}: redirects are not followed"
        assert not secret.ids()


def test_o_07_what_cannot_be_told_fails_alone_and_is_seen(shops, shop):
    with Receiver(lambda got, number: 204 if number else 500) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        lost = shop.pay()["payment_id"].removeprefix("pay_")
        receiver.wait_for(1)
        with shops.gateway.database() as database:
            database.execute("set session_replication_role = replica")
            hide = "update operation_results set version = -version where payment_id = %s"
            database.execute(hide, (lost,))
            try:
                shops.time.advance(5)
                [row] = wait_for_status(shop, endpoint, "failed")
                assert row["last_error"] == "what the event tells is lost"
                for _ in range(3):
                    shop.pay()
                wait_for_status(shop, endpoint, "delivered", 3)
            finally:
                database.execute(hide, (lost,))
    assert "webhook.undeliverable" in shops.gateway.log()


def test_o_09_a_late_event_shows_the_state_as_it_was_and_its_place(shops, shop):
    is_down = [True]
    with Receiver(lambda got, number: 500 if is_down[0] else 204) as receiver:
        endpoint = make_endpoint(shop, receiver.url)["id"]
        held = shop.authorize()["payment_id"]
        receiver.wait_for(1)
        assert shop.capture(held).status == 200
        is_down[0] = False
        shops.time.advance_until("both are there", lambda: len(deliveries(shop, endpoint, status="delivered")) == 2, 2)
        events = {got.event["event"]: got.event for got in receiver.requests()}
        assert events["payment.authorized"]["data"]["status"] == "authorized"
        assert events["payment.captured"]["data"]["status"] == "captured"
        assert [events[name]["sequence"] for name in ("payment.authorized", "payment.captured")] == [1, 2]


def test_o_10_an_answer_that_is_lost_is_a_repeat_with_the_same_id(shops, shop):
    with Receiver(lambda got, number: 204 if number else lose) as receiver:
        endpoint = make_endpoint(shop, receiver.url)
        shop.pay()
        event = receiver.wait_for(1)[0].id
        wait_until("the try has failed", lambda: delivery(shop, endpoint["id"], event)["tries"] == 1, 60, 0.05)
        shops.time.advance(3)
        first, second = receiver.wait_for(2)
        assert first.id == second.id and first.body == second.body
        assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
        assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
        assert is_signed(endpoint["secret"], first) and is_signed(endpoint["secret"], second)
