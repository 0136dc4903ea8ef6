"""A part of the crash matrix, chosen by the seed; the whole is `tests/faults/matrix.py`."""

import os
import random

from faults import matrix

MODES = ("stripe", "in_flight", "expired")  # where nobody may repeat, hours of looking take long even in virtual time


def test_no_cut_charges_twice_or_loses_an_acknowledgement():
    seed = int(os.environ.get("FLORIN_SEED", random.SystemRandom().randrange(10**6)))
    arguments = matrix.parser().parse_args(["--seed", str(seed), "--combinations", "500", "--mode", *MODES])
    assert matrix.run(arguments) == 0, f"FLORIN_SEED={seed}"
