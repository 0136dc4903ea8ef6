"""The short form of nemesis.py; test_invariants.py shows that its checker can fail."""

import os
import random

from faults import nemesis


def test_no_crash_charges_twice_or_loses_an_acknowledged_payment():
    seed = os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6))
    operations = os.environ.get("FLORIN_OPERATIONS", "100000")
    arguments = nemesis.parser().parse_args(["--seed", str(seed), "--operations", operations, "--seconds", "600"])
    assert nemesis.run(arguments) == 0, f"FLORIN_SEED={seed}"
