"""Fixtures of the fault tests."""

import pytest

from harness.processes import QUICK, World
from harness.receiver import LOOPBACK


@pytest.fixture(scope="module")
def shops():
    """A world in virtual time whose merchants have endpoints on this machine."""
    with World({**QUICK, **LOOPBACK}, virtual=True) as world:
        yield world


@pytest.fixture
def shop(shops):
    return shops.gateway.merchant_client()
