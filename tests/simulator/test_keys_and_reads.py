"""Idempotency keys and the lag of reads, as Stripe has them and as settings change them."""

import pytest

from running_simulator import SALE, wait_until


def test_a_key_in_use_answers_409(simulator):
    simulator.settings(latency={"kind": "fixed", "mean_ms": 3000})
    with pytest.raises(TimeoutError):
        simulator.sale(key="k", timeout=0.2)
    simulator.settings(latency={"kind": "none"})
    answer = simulator.sale(key="k")
    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_in_use")
    wait_until(lambda: simulator.sale(key="k").headers["Idempotent-Replayed"] == "true")
    assert simulator.charged() == 1


def test_other_idempotency_modes(simulator):
    simulator.settings(idempotency="store-2xx-only")
    simulator.fault("error_before_processing", times=1)
    assert simulator.sale(key="a").status == 500
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] is None
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] == "true"
    simulator.settings(idempotency="none")
    assert simulator.sale(key="a").headers["Idempotent-Replayed"] is None
    assert simulator.charged() == 2


def test_a_key_ends_with_its_life(simulator):
    assert simulator.sale(key="k").status == 200
    simulator.control("POST", "clock", {"advance_ms": 24 * 3_600_000})
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] is None
    assert simulator.sale(key="k").headers["Idempotent-Replayed"] == "true"
    assert simulator.charged() == 2


def test_refused_parameters_store_nothing(simulator):
    assert simulator.sale(key="k", amount="ten").status == 400
    assert simulator.sale(key="k").status == 200


def test_parameters_are_the_same_in_any_order(simulator):
    first = simulator.stripe("POST", "/v1/payment_intents", SALE, "k")
    again = simulator.stripe("POST", "/v1/payment_intents", dict(reversed(SALE.items())), "k")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")


def test_reads_lag_behind(simulator):
    simulator.settings(read_lag_ms=60_000)
    lag_passes = lambda: simulator.control("POST", "clock", {"advance_ms": 60_000})
    paid = simulator.sale().json["id"]
    assert simulator.stripe("GET", f"/v1/payment_intents/{paid}").status == 404
    assert simulator.stripe("GET", "/v1/payment_intents").json["data"] == []
    assert len(simulator.truth(paid)) == 1
    lag_passes()
    assert simulator.stripe("GET", f"/v1/payment_intents/{paid}").status == 200
    assert simulator.stripe("POST", f"/v1/payment_intents/{paid}", {"description": "new"}).json["description"] == "new"
    read = lambda: simulator.stripe("GET", f"/v1/payment_intents/{paid}").json["description"]
    assert read() is None
    lag_passes()
    assert read() == "new"
