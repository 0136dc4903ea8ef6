"""Fixtures of tests with many small cases: one merchant per file, and a database that logged no error because of them."""

import pytest

from harness.processes import World
from harness.webhooks import NEW, OLD, gateway_of


@pytest.fixture(scope="module")
def shop(world):
    world.simulator.heal()
    return world.gateway.merchant_client("Shop")


@pytest.fixture
def quiet_database(world):
    """What a client sends never makes PostgreSQL refuse a statement: it is stopped, or made harmless, before."""
    log = world.gateway.data / "postgres.log"
    before = log.stat().st_size
    yield
    with open(log, errors="replace") as lines:
        lines.seek(before)
        complaints = [line for line in lines if any(word in line for word in ("ERROR:", "PANIC:", "WARNING:"))]
    assert complaints == []


@pytest.fixture(scope="module")
def database():
    """PostgreSQL of a world whose gateway is gone."""
    with World() as world:
        world.gateway.kill()  # PostgreSQL stays
        yield world


@pytest.fixture(scope="module")
def receiver(database):
    """An API without a worker, with two webhook secrets."""
    with gateway_of(database, "receiver", FLORIN_STRIPE_TEST_WEBHOOK_SECRET=f"{OLD} {NEW}") as gateway:
        yield gateway
