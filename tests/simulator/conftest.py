import pytest
import stripe

from running_simulator import Simulator
from webhook_receiver import SECRET, Receiver


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


@pytest.fixture
def receiver(simulator):
    """Gets the simulator's webhooks, one at a time so that they come in the order in which they were sent."""
    receiving = Receiver()
    simulator.settings(webhook_url=receiving.url, webhook_secret=SECRET, webhook_retry_ms=50, webhook_connections=1)
    yield receiving
    simulator.settings(webhook_url="")
    receiving.stop()
