"""Each way in which a PSP may treat a used key, for every operation that moves money: what a repeat is told, and how often
the work was really done. The rows of `stripe` are what Stripe documents; the others are what the gateway must survive."""

import http.client

import pytest

from acts import Act

OPERATIONS = ["sale", "authorize", "capture", "part", "void", "refund"]
# What can be done again although it has been done: the rest is refused by the object's state.
TWICE = ["sale", "authorize", "part", "refund"]
REPLAYED, ANEW, REFUSED = "replayed", "anew", "refused"


@pytest.fixture(params=OPERATIONS)
def act(request, simulator):
    return Act(simulator, request.param)


def told(answer):
    if answer.headers["Idempotent-Replayed"] == "true":
        return REPLAYED
    return ANEW if answer.status == 200 else REFUSED


def again(act):
    return (ANEW, 2) if act.operation in TWICE else (REFUSED, 1)


def lose_the_answer(simulator, act):
    simulator.fault("drop_after_processing", operation=operation_of(act), times=1)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        act()
    assert act.done() == 1


def operation_of(act):
    return "capture" if act.operation == "part" else act.operation


def fail(simulator, act, when, status):
    simulator.fault(f"error_{when}_processing", operation=operation_of(act), times=1, status=status)
    assert act().status == status


@pytest.mark.parametrize("mode", ["stripe", "store-2xx-only", "409-in-flight", "24h-expiry"])
def test_a_success_whose_answer_was_lost_is_replayed(simulator, act, mode):
    simulator.settings(idempotency=mode, key_busy_ms=0)
    lose_the_answer(simulator, act)
    for _ in range(2):
        assert (told(act()), act.done()) == (REPLAYED, 1)


def test_without_keys_a_success_whose_answer_was_lost_is_done_again(simulator, act):
    simulator.settings(idempotency="none")
    lose_the_answer(simulator, act)
    assert (told(act()), act.done()) == again(act)


@pytest.mark.parametrize("mode, when, status, after", [
    ("stripe", "after", 500, (REPLAYED, 1)),
    ("stripe", "before", 500, (REPLAYED, 0)),
    ("stripe", "after", 502, (REPLAYED, 1)),
    ("stripe", "before", 502, (ANEW, 1)),
    ("store-2xx-only", "after", 500, again),
    ("store-2xx-only", "before", 500, (ANEW, 1)),
    ("store-2xx-only", "after", 502, (REPLAYED, 1)),
    ("store-2xx-only", "before", 502, (ANEW, 1)),
    ("none", "after", 500, again),
    ("none", "before", 500, (ANEW, 1)),
    ("none", "after", 502, again),
    ("none", "before", 502, (ANEW, 1)),
])
def test_after_an_error(simulator, act, mode, when, status, after):
    simulator.settings(idempotency=mode)
    fail(simulator, act, when, status)
    assert (told(act()), act.done()) == (after(act) if callable(after) else after)


def test_a_stored_refusal_is_replayed_only_where_errors_are_stored(simulator, act):
    simulator.settings(idempotency="stripe")
    fail(simulator, act, "before", 500)
    assert told(act()) == REPLAYED
    simulator.settings(idempotency="store-2xx-only")
    assert (told(act()), act.done()) == (ANEW, 1)


def test_a_key_in_flight_is_409_whatever_the_first_request_became(simulator, act):
    simulator.settings(idempotency="409-in-flight", key_busy_ms=60_000)
    lose_the_answer(simulator, act)
    for _ in range(2):
        answer = act()
        assert (answer.status, answer.error["code"], act.done()) == (409, "idempotency_key_in_use", 1)
    simulator.restart()  # the flight ends with the process; what was done stays done
    simulator.settings(idempotency="409-in-flight", key_busy_ms=0)
    assert (told(act()), act.done()) == (REPLAYED, 1)


def test_a_key_is_forgotten_after_24_hours(simulator, act):
    simulator.settings(idempotency="24h-expiry")
    lose_the_answer(simulator, act)
    simulator.advance(24 * 3_600_000 - 60_000)
    assert (told(act()), act.done()) == (REPLAYED, 1)
    simulator.advance(60_000)
    assert (told(act()), act.done()) == again(act)


@pytest.mark.parametrize("mode", ["stripe", "store-2xx-only"])
def test_the_same_key_with_another_body_is_refused(simulator, act, mode):
    simulator.settings(idempotency=mode)
    act()
    act.parameters = {**act.parameters, "expand[]": "latest_charge.refunds"}
    if act.operation == "refund":
        act.parameters = {**act.parameters, "expand[]": "charge"}
    answer = act()
    assert (answer.status, answer.error["type"], act.done()) == (400, "idempotency_error", 1)
