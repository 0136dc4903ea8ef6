import pytest
import stripe

from running_simulator import Simulator


@pytest.fixture
def simulator(tmp_path):
    running = Simulator(tmp_path / "data")
    yield running
    running.kill()


@pytest.fixture
def library(simulator):
    """Stripe's official library, told only where the API is."""
    stripe.api_base = simulator.url
    stripe.api_key = "sk_test_florin"
    stripe.max_network_retries = 0
    yield stripe
    stripe.default_http_client = None
