"""Fixtures of the black-box tests: a world (simulator, gateway, PostgreSQL) per session, a merchant per test."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness.processes import World  # noqa: E402


@pytest.fixture(scope="session")
def world():
    with World() as running:
        yield running


@pytest.fixture
def simulator(world):
    world.simulator.heal()
    yield world.simulator
    world.simulator.heal()


@pytest.fixture
def gateway(world):
    return world.gateway


@pytest.fixture
def merchant(gateway):
    return gateway.merchant_client()
