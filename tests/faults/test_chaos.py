"""A short run of chaos.py; the long one is `tests/faults/chaos.py --seconds 60`."""

import argparse
import os
import random

from faults import chaos


def test_no_crash_charges_twice_or_loses_an_acknowledged_payment():
    seed = int(os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6)))
    assert chaos.run(argparse.Namespace(seconds=20, clients=16, seed=seed)) == 0, f"FLORIN_SEED={seed}"
