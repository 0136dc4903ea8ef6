#!/usr/bin/env python3
"""The crash matrix: every fail point x every kind of operation x who comes afterwards x how the PSP treats used keys.

    tests/faults/matrix.py [--seed N] [--combinations N] [--mode MODE …] [--point TEXT …] [--list]

Two gateways and a worker on one database, in virtual time. At each point all kinds of operations are in flight together
and cut exactly there; then the same key comes to the same node, to the other, to both at once, or nobody, the PSP's
webhooks, or a changed body under the same key. When nothing is open any more, both nodes must give one and the same final
answer, equal to what was acknowledged before; the PSP's truth, the API and the ledger must say the same, once.
Without --combinations all of them run (the long form: 7,308, about half an hour); with it, as many groups as are needed,
chosen by the seed.
Prints the seed and the totals; exits 1 when a promise is broken, 2 when a fault never fired.
"""

import argparse
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from faults.matrix_cases import FOLLOW_UPS, MODES, POINTS, REPEATS_ARE_UNSAFE, applies  # noqa: E402
from faults.matrix_group import Group, grouped  # noqa: E402
from faults.matrix_world import MatrixWorld  # noqa: E402
from harness.environment import use_venv  # noqa: E402
from harness.invariants import check_database, check_truth, verify_deep, wait_until_quiet  # noqa: E402


def size(point):
    return len(point.kinds) * len(FOLLOW_UPS)


def choose(arguments, dice):
    """(mode, point) pairs; by the seed as many as the wanted number of combinations needs."""
    pairs = [(mode, point) for mode in arguments.mode or MODES for point in POINTS
             if applies(point, mode) and (not arguments.point or any(text in point.id for text in arguments.point))]
    if not arguments.combinations:
        return pairs
    # Few modes, so that few worlds are set up; each point has its turn with some seed.
    mode = dice.choice(sorted({mode for mode, _ in pairs}))
    chosen, total = [], 0
    for pair in dice.sample(pairs, len(pairs)):
        if pair[0] == mode and total < arguments.combinations:
            chosen.append(pair)
            total += size(pair[1])
    return chosen


def run_mode(mode, points, dice):
    """(combinations, operations settled by an event, broken promises) of one mode."""
    broken, total = [], 0
    with MatrixWorld(MODES[mode], mode not in REPEATS_ARE_UNSAFE) as world:
        for point in points:
            begun = time.monotonic()
            found = Group(world, mode, point, dice).run()
            total += size(point)
            print(f"{mode:15} {point.row:4} {point.id:55} {size(point):3} in {time.monotonic() - begun:4.1f} s"
                  f"{'  BROKEN' if found else ''}", flush=True)
            print(*(f"    {sentence}" for sentence in found[:3]), sep="\n", end="\n" if found else "", flush=True)
            broken += found
        broken += [f"{mode}: {sentence}" for sentence in check_whole(world)]
    return total, world.heard, broken


def check_whole(world):
    """Once everything is quiet: the operator's own checker, the database asked directly, and the PSP's truth."""
    world.settle()
    wait_until_quiet(world.gateway)
    yield from verify_deep(world.gateway)[0]
    yield from check_database(world.connection)
    yield from check_truth(world.simulator, world.connection)[0]


def run(arguments):
    dice = random.Random(arguments.seed)
    chosen = choose(arguments, dice)
    print(f"seed {arguments.seed}, {len(chosen)} groups", flush=True)
    total, heard, broken, begun = 0, 0, [], time.monotonic()
    for mode, points in grouped(chosen):
        combinations, told, found = run_mode(mode, points, dice)
        total, heard = total + combinations, heard + told
        broken += found
    for sentence in broken[:20]:
        print("BROKEN:", sentence)
    double = sum("executed twice" in sentence for sentence in broken)
    lost = sum("acknowledged" in sentence for sentence in broken)
    print(f"{total:,} combinations in {time.monotonic() - begun:.0f} s, {double} double charges, {lost} lost acknowledgements, "
          f"{len(broken)} broken promises, {heard} settled by an event, seed {arguments.seed}")
    if any("never fired" in sentence for sentence in broken):
        return 2
    return 1 if broken else 0


def parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--combinations", type=int, default=0)
    parser.add_argument("--mode", nargs="*", choices=MODES, default=[])
    parser.add_argument("--point", nargs="*", default=[])
    parser.add_argument("--list", action="store_true")
    return parser


def main():
    arguments = parser().parse_args()
    if arguments.list:
        chosen = choose(arguments, random.Random(arguments.seed))
        for mode, point in chosen:
            print(f"{mode:15} {point.row:4} {point.id:55} {size(point):3}")
        print(f"{sum(size(point) for _, point in chosen):,} combinations")
        return 0
    return run(arguments)


if __name__ == "__main__":
    use_venv()
    sys.exit(main())
