"""Fixtures of the black-box tests: a world (simulator, gateway, PostgreSQL) per session, a merchant per test."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness.middleman import Middleman  # noqa: E402
from harness.processes import QUICK, World  # noqa: E402


@pytest.fixture(scope="session")
def world():
    with World() as running:
        yield running


@pytest.fixture(scope="module")
def quick():
    with World(QUICK) as running:
        yield running


@pytest.fixture(scope="module")
def watched():
    """A quick world and who stands between it and the PSP."""
    world = World(QUICK)
    with Middleman(world.simulator.port) as middleman:
        world.gateway.settings = {**QUICK, "stripe": {**QUICK["stripe"], "base_url": middleman.url}}
        with world:
            yield world, middleman


@pytest.fixture
def client(quick):
    """A merchant of its own at the quick world, without faults before and after."""
    quick.simulator.heal()
    yield quick.gateway.merchant_client()
    quick.simulator.heal()


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
