"""K-07: the short form of nemesis.py: SIGKILL at random, more often than each five seconds, with I1–I18 at the end.

Every operation that the swarm asked for must have its answer then, by repeats of its key: nemesis.py calls it broken when fewer
were done than asked for. test_invariants.py shows that its checker can fail.
"""

import os
import random

from faults import nemesis


def test_k_07_no_crash_charges_twice_or_loses_an_acknowledged_payment():
    seed = os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6))
    operations = os.environ.get("FLORIN_OPERATIONS", "100000")
    arguments = nemesis.parser().parse_args(["--seed", str(seed), "--operations", operations, "--seconds", "600"])
    assert nemesis.run(arguments) == 0, f"FLORIN_SEED={seed}"
