"""`florin-simulator measure` drives both servers and prints what a payment costs."""

import re
import subprocess

from running_simulator import BINARY


def test_it_prints_a_line_for_each_round_and_the_medians():
    asked = ["measure", "--connections", "8", "--rate", "200", "--seconds", "1", "--rounds", "1"]
    done = subprocess.run([str(BINARY), *asked], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    round_line = r"round 1: \d+ payments of \d+ bytes, simulator [\d.]+ us, floor [\d.]+ us \(\d+ answers\)"
    assert re.fullmatch(round_line, first)
    assert last.startswith("CPU per payment, medians: simulator ")
