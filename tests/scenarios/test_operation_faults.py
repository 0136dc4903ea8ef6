"""The PSP's faults at every operation: nothing is guessed, nothing happens twice, and everything settles to the truth."""

import datetime

import pytest

from harness.agreement import agree, quiet, verified
from harness.client import new_key
from harness.processes import QUICK, Gateway, wait_until


@pytest.fixture
def simulator(quick, client):
    return quick.simulator


# On a busy machine even what nobody disturbs may take longer than the 3 s after which these gateways answer 202.
def authorized(client, **fields):
    payment = client.settled(client.authorize(**fields)["payment_id"])
    assert payment["status"] == "authorized", payment
    return payment["payment_id"]


def paid(client, **fields):
    payment = client.settled(client.pay(**fields)["payment_id"])
    assert payment["status"] == "captured", payment
    return payment["payment_id"]


# How each operation is asked for: (what must exist before, the call, the amount that it moves, shown as).
OPERATIONS = {
    "capture": (authorized, lambda client, payment_id, key: client.capture(payment_id, key, amount=6000), 6000, "captured"),
    "void": (authorized, lambda client, payment_id, key: client.void(payment_id, key), 10000, "voided"),
    "refund": (paid, lambda client, payment_id, key: client.refund(payment_id, key, amount=3000), 3000, "refunded"),
}
UNCLEAR = ["hang", "hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
           "error_after_processing", "half_body", "slow_drip", "wrong_amount", "wrong_currency", "wrong_reference", "garbage"]


def pending(answer):
    assert answer.status == 202 and answer["operation"]["status"] == "pending", answer.text


@pytest.mark.parametrize("action", UNCLEAR)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_p_08_p_10_p_18_an_unclear_answer_is_pending_and_settles_to_the_truth(quick, client, simulator, operation, action):
    before, call, amount, shown = OPERATIONS[operation]
    payment_id, key = before(client), new_key()
    fault = simulator.fault(action, operation=operation, times=1)
    answer = call(client, payment_id, key)
    assert simulator.hits(fault) == 1
    pending(answer)
    simulator.heal()
    quiet(client, payment_id)
    payment = agree(simulator, client, payment_id)
    assert payment[f"{shown}_amount"] in (0, amount)
    final = wait_until("the key has its last word", lambda: settled(call(client, payment_id, key)), 60, 0.3)
    assert final.status == 200 and final["operation"]["status"] == "succeeded", final.text
    assert agree(simulator, client, payment_id)[f"{shown}_amount"] == amount


def settled(answer):
    return None if answer.status in (202, 409, 503) else answer


@pytest.mark.parametrize("action", UNCLEAR)
def test_p_08_p_09_p_18_an_unclear_authorization_settles_to_the_truth(quick, client, simulator, action):
    fault, key = simulator.fault(action, operation="authorize", times=1), new_key()
    answer = client.authorize(key)
    assert simulator.hits(fault) == 1 and (answer.status, answer["status"]) == (202, "pending"), answer.text
    simulator.heal()
    payment = quiet(client, answer["payment_id"])
    assert agree(simulator, client, payment["payment_id"])["status"] in ("authorized", "failed")
    if payment["status"] == "authorized":
        assert client.authorize(key).text == client.payment(payment["payment_id"]).text


def test_a_hold_that_only_the_psps_list_shows_ends_when_the_psp_says(client, simulator):
    simulator.settings(authorization_life_ms=3_600_000)
    lost = simulator.fault("error_after_processing", operation="authorize", times=1)  # and every repeat of the key
    unread = simulator.fault("error_before_processing", operation="read", times=1000)
    answer = client.authorize()
    payment = client.settled(answer["payment_id"])
    simulator.settings(authorization_life_ms=0)
    assert (simulator.hits(lost), simulator.hits(unread), payment["status"]) == (1, 0, "authorized")
    assert 3590 < seconds_between(payment["created_at"], payment["capture_before"]) < 3700


def seconds_between(begin, end):
    return (datetime.datetime.fromisoformat(end) - datetime.datetime.fromisoformat(begin)).total_seconds()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("action", ["refuse", "rate_limit"])
def test_p_05_a_proof_that_nothing_happened_is_503_and_the_same_key_does_it_once(client, simulator, operation, action):
    before, call, amount, shown = OPERATIONS[operation]
    payment_id, key = before(client), new_key()
    fault = simulator.fault(action, operation=operation, times=1)
    answer = call(client, payment_id, key)
    assert simulator.hits(fault) == 1
    if action == "rate_limit":
        assert (answer.status, answer["code"]) == (503, "not_executed"), answer.text
        assert answer["payment"]["operation"]["status"] == "not_executed"
    simulator.heal()
    final = wait_until("the repeat succeeds", lambda: settled(call(client, payment_id, key)), 60, 0.3)
    assert final.status == 200, final.text
    assert agree(simulator, client, payment_id)[f"{shown}_amount"] == amount


@pytest.mark.parametrize("operation", OPERATIONS)
def test_p_05_a_repeat_that_came_too_late_is_refused_for_ever(quick, client, simulator, operation):
    before, call, _, _ = OPERATIONS[operation]
    payment_id, key = before(client), new_key()
    fault = simulator.fault("rate_limit", operation=operation, times=1)
    assert (call(client, payment_id, key).status, simulator.hits(fault)) == (503, 1)
    assert getattr(client, operation)(payment_id).status == 200
    refused = call(client, payment_id, key)
    assert refused.status == 422 and refused["payment"]["operation"]["status"] == "refused", refused.text
    assert call(client, payment_id, key).text == refused.text
    agree(simulator, client, payment_id)
    verified(quick.gateway)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_p_05_a_psp_that_is_down_gives_503_and_recovers(quick, client, operation):
    before, call, amount, shown = OPERATIONS[operation]
    payment_id, key = before(client), new_key()
    quick.simulator.terminate()
    try:
        answer = call(client, payment_id, key)
    finally:
        quick.simulator.start()
    assert (answer.status, answer["code"]) == (503, "not_executed"), answer.text
    final = wait_until("the repeat succeeds", lambda: settled(call(client, payment_id, key)), 60, 0.3)
    assert final.status == 200, final.text
    assert agree(quick.simulator, client, payment_id)[f"{shown}_amount"] == amount


@pytest.mark.parametrize("operation", ["capture", "refund"])
def test_a_refusal_by_the_psp_is_a_stored_422_and_gives_the_reservation_back(quick, client, simulator, operation):
    before, call, amount, shown = OPERATIONS[operation]
    payment_id, key = before(client), new_key()
    fault = simulator.fault("decline", operation=operation, times=1)
    answer = call(client, payment_id, key)
    assert simulator.hits(fault) == 1
    assert (answer.status, answer["code"]) == (422, "payment_refused"), answer.text
    assert answer["payment"]["operation"]["status"] == "declined"
    assert call(client, payment_id, key).text == answer.text
    assert call(client, payment_id, new_key()).status == 200
    assert agree(simulator, client, payment_id)[f"{shown}_amount"] == amount


def test_a_refusal_of_a_void_whose_authorization_still_stands_proves_nothing(quick, client, simulator):
    payment_id, key = authorized(client), new_key()
    simulator.fault("decline", operation="void", times=1)
    pending(client.void(payment_id, key))
    quiet(client, payment_id)
    assert agree(simulator, client, payment_id)["status"] == "authorized"
    assert client.void(payment_id, key)["status"] == "voided"
    agree(simulator, client, payment_id)


@pytest.mark.parametrize("action", ["error_before_processing", "error_after_processing", "drop_after_processing"])
def test_p_19_of_three_captures_the_lost_one_is_found_by_our_own_reference(quick, client, simulator, action):
    payment_id, keys = authorized(client, multiple_captures=True), [new_key() for _ in range(3)]
    assert client.capture(payment_id, keys[0], amount=1000).status == 200
    fault = simulator.fault(action, operation="capture", times=1)
    pending(client.capture(payment_id, keys[1], amount=2000))
    assert simulator.hits(fault) == 1
    simulator.heal()
    third = wait_until("the third one settles", lambda: settled(client.capture(payment_id, keys[2], amount=3000)), 60, 0.3)
    assert third.status == 200, third.text
    quiet(client, payment_id)
    second = wait_until("the second one settles", lambda: settled(client.capture(payment_id, keys[1], amount=2000)), 60, 0.3)
    assert second.status == 200, second.text
    assert agree(simulator, client, payment_id)["captured_amount"] == 6000
    assert len([row for row in simulator.truth(payment_id) if row["kind"] == "capture"]) == 3


def test_p_19_captures_of_one_amount_are_told_apart(quick, client, simulator):
    payment_id = authorized(client, multiple_captures=True)
    simulator.fault("drop_after_processing", operation="capture", times=1)
    simulator.fault("drop_before_processing", operation="capture", times=1)
    keys = [new_key() for _ in range(4)]
    for key in keys:
        client.capture(payment_id, key, amount=1000, final=False)
    simulator.heal()
    for key in keys:
        final = wait_until("it settles", lambda: settled(client.capture(payment_id, key, amount=1000, final=False)), 60, 0.3)
        assert final.status == 200, final.text
    assert agree(simulator, client, payment_id)["captured_amount"] == 4000


@pytest.fixture
def short_lives(simulator):
    simulator.settings(authorization_life_ms=6000)
    yield
    simulator.settings(authorization_life_ms=0)


def test_a_hold_that_lapsed_before_it_was_known_says_so(quick, client, simulator, short_lives):
    simulator.fault("error_after_processing", operation="authorize", times=1)  # and every repeat of the key
    unlisted = simulator.fault("error_before_processing", operation="list", times=1000)
    payment_id = client.authorize()["payment_id"]
    wait_until("the PSP has ended the hold", lambda: simulator.truth(payment_id)[0]["status"] != "authorized", 60, 0.2)
    wait_until("the list was asked for", lambda: simulator.hits(unlisted), 60, 0.2)
    simulator.heal()
    quiet(client, payment_id)
    payment = agree(simulator, client, payment_id)
    assert (payment["status"], payment["failure_code"]) == ("failed", "authorization_expired"), payment
    assert "payer" not in payment["failure_reason"]


@pytest.mark.parametrize("captured", [0, 4000])
def test_p_21_l_14_what_was_not_captured_in_time_expires_and_is_held_no_longer(quick, client, simulator, short_lives, captured):
    payment_id = authorized(client, multiple_captures=True)
    if captured:
        assert client.capture(payment_id, amount=captured).status == 200
    expired = wait_until("the worker expires it", lambda: nothing_held(client, payment_id), 60, 0.2)
    assert expired["status"] == ("partially_captured" if captured else "expired")
    quiet(client, payment_id)
    assert agree(simulator, client, payment_id)["voided_amount"] == 10000 - captured
    for answer in (client.capture(payment_id, amount=1), client.void(payment_id)):
        assert (answer.status, answer["code"]) == (422, "operation_not_allowed"), answer.text
    [expiry] = [row for row in client.operations(payment_id) if row["kind"] == "expire"]
    assert (expiry["outcome"], expiry["amount"]) == ("approved", 10000 - captured)
    [row] = client.get("/api/v1/balance").json()["data"]
    assert row["authorized"] == 0


def nothing_held(client, payment_id):
    payment = client.payment(payment_id).json()
    return payment if payment["captured_amount"] + payment["voided_amount"] == payment["authorized_amount"] else None


def test_what_expires_soon_is_listed(quick, client, simulator):
    payment_id = authorized(client)
    assert payment_id not in quick.gateway.cli("operations", "expiring").stdout
    with quick.gateway.database() as database:
        database.execute("with soon as (update payments set capture_before = date_trunc('second', florin_now()) + interval '1 hour'"
                         " where id = %s returning id, capture_before) update held_authorizations h set capture_before ="
                         " soon.capture_before from soon where h.payment_id = soon.id", (payment_id[4:],))
    assert payment_id in quick.gateway.cli("operations", "expiring").stdout


def test_a_pending_refund_is_202_until_the_psp_has_paid_it(quick, client, simulator):
    payment_id, key = paid(client, payment_method="pm_card_pendingRefund"), new_key()
    simulator.settings(refund_delay_ms=3000)
    pending(client.refund(payment_id, key, amount=3000))
    assert client.payment(payment_id)["refunded_amount"] == 0
    quiet(client, payment_id)
    assert client.refund(payment_id, key, amount=3000).status == 200
    assert agree(simulator, client, payment_id)["refunded_amount"] == 3000


def test_l_08_a_refund_that_fails_later_is_reversed_once_and_may_be_made_again(quick, client, simulator):
    simulator.settings(refund_delay_ms=1000)
    payment_id = paid(client, payment_method="pm_card_refundFail")
    answer = client.refund(payment_id)
    assert (answer.status, answer["status"]) == (200, "refunded"), answer.text
    [balance] = client.get("/api/v1/balance").json()["data"]
    assert balance["payable"] < 0, "the refund took more than was left: the fees stay"
    wait_until("the refund is taken back", lambda: client.payment(payment_id)["status"] == "captured", 60, 0.2)
    payment = agree(simulator, client, payment_id)
    assert payment["refunded_amount"] == 0
    kinds = [row["kind"] for row in client.operations(payment_id)]
    assert sorted(kinds) == ["refund", "refund_failure", "sale"]
    [refund] = client.refunds(payment_id)
    assert refund["status"] == "failed"
    assert client.refund(payment_id, amount=1000).status == 200
    with quick.gateway.database() as database:
        wait_until("it is not watched", lambda: database.execute(
            "select count(*) from watched_operations where payment_id = %s", (payment_id[4:],)).fetchone()[0] == 0, 60, 0.2)
    assert [row["kind"] for row in client.operations(payment_id)].count("refund_failure") == 2


def test_l_08_two_workers_reverse_a_failed_refund_once(quick, client, simulator):
    simulator.settings(refund_delay_ms=500)
    payments = [paid(client, payment_method="pm_card_refundFail") for _ in range(20)]
    with Gateway(quick.directory, quick.simulator, "second", "worker", settings=QUICK,
                 database_url=quick.gateway.application_url()).started():
        for payment_id in payments:
            assert client.refund(payment_id).status == 200
        for payment_id in payments:
            wait_until("it is taken back", lambda: client.payment(payment_id)["status"] == "captured", 60, 0.2)
    for payment_id in payments:
        assert sorted(row["kind"] for row in client.operations(payment_id)) == ["refund", "refund_failure", "sale"]
        agree(simulator, client, payment_id)


def test_nothing_stays_open_and_the_books_are_right_after_all_of_this(quick, client):
    with quick.gateway.database() as database:
        wait_until("no operation is open",
                   lambda: database.execute("select count(*) from open_operations").fetchone()[0] == 0, 90, 0.2)
    assert not quick.simulator.duplicates()
    verified(quick.gateway)
