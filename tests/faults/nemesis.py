#!/usr/bin/env python3
"""A swarm of clients against a gateway of several processes, while somebody kills, stops and confuses everything.

    tests/faults/nemesis.py [--operations 100000] [--seed N] [--clients 64] [--seconds 3600]
    tests/faults/nemesis.py --operations 1000000 --seeds 10           the long form: ten worlds, 10⁷ operations

Merchants make sales and authorizations, capture, void and refund, whole and in parts, repeat what was not answered with the same
key at another process, hang up, and send other bodies under used keys (florin-bench swarm, which keeps what was acknowledged in
a durable list). Meanwhile a seeded nemesis kills (SIGKILL) or stops (SIGSTOP, SIGCONT) the gateway, a second API process, a
worker, the simulator, PostgreSQL's postmaster and backends, and changes what the PSP does wrong; webhooks come late, twice and
in another order. Then everything is healed, and when it is quiet harness/invariants.py looks for a broken promise.

The decisions of clients and nemesis follow from the seed; what they hit depends on the machine. Prints seed, decisions and
totals as JSON; exits 1 when a promise is broken or the swarm did not do what it was asked, 2 when nothing was hit.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import invariants  # noqa: E402
from harness.environment import use_venv  # noqa: E402
from harness.processes import BUILD, Gateway, World  # noqa: E402

FAULTS = ["hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
          "error_after_processing", "half_body", "rate_limit", "wrong_amount", "wrong_reference", "garbage", "empty_body",
          "delayed_processing", "refuse"]
HANGS = ("hang_after_processing", "delayed_processing")  # each costs its caller the whole deadline
WEBHOOK_FAULTS = ["drop", "delay", "duplicate", "duplicate_new_id"]
SECRET = "whsec_nemesis_0123456789abcdef"
SETTINGS = {"payments": {"answer_within_ms": 2000, "psp_deadline_ms": 3000},
            "limits": {"requests_per_second": 0, "burst": 0}, "log": {"level": "warning"}}
# Weights of what happens next.
DEEDS = {"kill gateway": 4, "kill api": 4, "kill worker": 3, "kill simulator": 3, "kill postmaster": 3, "kill backend": 2,
         "stop gateway": 2, "stop api": 2, "stop worker": 2, "stop simulator": 2, "stop postmaster": 1, "stop backend": 2,
         "change faults": 10}


class Site:
    """Simulator, `florin up` with its database, and beside it `florin api` and `florin worker`."""

    def __init__(self, world):
        self.world, self.gateway = world, world.gateway
        url = self.gateway.application_url()
        self.api, self.worker = (Gateway(world.directory, world.simulator, name, name, SETTINGS, url)
                                 for name in ("api", "worker"))
        self.gateways = [self.gateway, self.api, self.worker]
        self.stopped = {}

    def process(self, name):
        return {"gateway": self.gateway, "api": self.api, "worker": self.worker, "simulator": self.world.simulator}[name]

    def pid(self, name, dice):
        """Of whoever the deed is about; None when there is nobody."""
        if name == "postmaster":
            return self.gateway.find_postmaster()
        if name == "backend":
            backends = children_of(self.gateway.find_postmaster())
            return dice.choice(backends) if backends else None
        process = self.process(name)
        return process.child.pid if process.alive() else None

    def start_the_dead(self):
        for process in self.gateways:
            if not process.alive():
                process.start(ready=False)
        if not self.world.simulator.alive():
            self.world.simulator.start()
            return True
        return False

    def wake(self, everybody=False, only=None):
        for pid, until in list(self.stopped.items()):
            if everybody or pid == only or time.monotonic() >= until:
                del self.stopped[pid]
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def children_of(pid):
    with contextlib.suppress(OSError, ValueError):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


class Nemesis:
    def __init__(self, site, seed, pace):
        self.site, self.dice, self.pace = site, random.Random(seed), pace
        self.done, self.hits = collections.Counter(), collections.Counter()
        self.faults, self.next_deed = [], time.monotonic() + 1
        self.choose_faults()

    def turn(self):
        """What is due; call it often."""
        self.site.wake()
        if self.site.start_the_dead():
            self.misbehave()  # the simulator forgets its faults when it dies
        if time.monotonic() < self.next_deed:
            return
        deed = self.dice.choices(list(DEEDS), list(DEEDS.values()))[0]
        pause, length = self.dice.uniform(0.3, 2.0) * self.pace, self.dice.choice([0.2, 0.5, 1.0, 2.0, 4.0, 4.0])
        self.next_deed = time.monotonic() + pause
        if self.do(deed, length):
            self.done[deed] += 1

    def do(self, deed, length):
        verb, name = deed.split(" ", 1)
        if verb == "change":
            self.count_hits()
            self.choose_faults()
            return True
        pid = self.site.pid(name, self.dice)
        if pid is None or pid in self.site.stopped:
            return False
        with contextlib.suppress(ProcessLookupError):
            if verb == "stop":
                os.kill(pid, signal.SIGSTOP)
                self.site.stopped[pid] = time.monotonic() + length
            elif name in ("postmaster", "backend"):
                os.kill(pid, signal.SIGKILL)
            else:
                self.count_hits()
                self.site.process(name).kill()
            return True
        return False

    def choose_faults(self):
        """A few faults of small probability, a read lag and a pace of the PSP; now and then holds that expire soon."""
        dice = self.dice
        self.faults = [{"action": action, "operation": dice.choice(["*", "*", "create", "capture", "refund", "cancel"]),
                        "probability": dice.choice([0.001, 0.003]) if action in HANGS else dice.choice([0.003, 0.01, 0.03]),
                        **({"delay_ms": dice.choice([200, 2000, 5000])} if action == "delayed_processing" else {})}
                       for action in dice.sample(FAULTS, dice.randrange(2, 6))]
        self.faults += [{"action": action, "operation": "webhook", "probability": 0.02,
                         **({"delay_ms": 3000} if action == "delay" else {})}
                        for action in dice.sample(WEBHOOK_FAULTS, 2)]
        self.settings = {"read_lag_ms": dice.choice([0, 0, 50, 150]), "authorization_life_ms": dice.choice([0, 0, 0, 5000]),
                         "latency": {"kind": "fixed", "mean_ms": dice.choice([0, 0, 2, 10])},
                         "webhook_order": dice.choice(["as-happened", "reversed", "shuffled"])}
        self.misbehave()

    def misbehave(self):
        simulator = self.simulator()
        with contextlib.suppress(OSError):
            simulator.heal()
            simulator.settings(**self.settings, webhook_url=f"http://127.0.0.1:{self.site.api.port}/psp/stripe/webhooks",
                               webhook_secret=SECRET, webhook_gather_ms=200)
            for fault in self.faults:
                simulator.fault(times=10**9, **fault)

    def simulator(self):
        """Awake: it is about to be asked."""
        self.site.wake(only=self.site.world.simulator.child.pid)
        return self.site.world.simulator

    def count_hits(self):
        with contextlib.suppress(OSError, AssertionError):
            for fault in self.simulator().faults():
                self.hits[fault["action"]] += fault["hits"]


class SwarmProcess:
    """florin-bench swarm, followed by the lines that it prints."""

    def __init__(self, site, arguments, secrets, seed):
        directory = site.world.directory
        self.acks, keys, self.output = directory / "acks.jsonl", directory / "keys.txt", directory / "swarm.log"
        keys.write_text("\n".join(secrets) + "\n")
        with open(self.output, "wb") as output:
            self.child = subprocess.Popen(
                [BUILD / "bin" / "florin-bench", "swarm", "--ports", str(site.gateway.port), str(site.api.port), "--keys", keys,
                 "--acks", self.acks, "--clients", str(arguments.clients), "--operations", str(arguments.operations),
                 "--seed", str(seed), "--run", f"n{seed}"], stdout=output, stderr=subprocess.STDOUT)

    def is_gone(self):
        return self.child.poll() is not None

    def leave(self, seconds):
        """Its last line, with how it ended among what is broken."""
        self.child.send_signal(signal.SIGTERM)
        status, lines = self.child.wait(seconds), self.output.read_text().splitlines()
        try:
            tally = json.loads(lines[-1])
        except (IndexError, ValueError):
            tally = {"operations": 0}
        broken = tally.pop("broken", [])
        return tally, broken if status == 0 else [*broken, f"the swarm ended with {status}: {lines[-3:]}"]


def storm(site, nemesis, swarm, seconds, watermark):
    """How long it took."""
    from psycopg import Error
    began = time.monotonic()
    end, next_mark = began + seconds, began + 5
    while not swarm.is_gone() and time.monotonic() < end:
        nemesis.turn()
        if time.monotonic() > next_mark and not site.stopped:
            next_mark = time.monotonic() + 10
            with contextlib.suppress(Error, OSError), site.gateway.database() as database:
                watermark.take(database)
        time.sleep(0.05)
    site.wake(everybody=True)
    nemesis.count_hits()
    return time.monotonic() - began


def run_one(arguments, seed):
    """The broken promises of one world, and what happened in it."""
    world = World(SETTINGS)
    world.simulator.shared["FLORIN_STRIPE_TEST_WEBHOOK_SECRET"] = SECRET
    with world, contextlib.ExitStack() as stack:
        site, watermark = Site(world), invariants.Watermark()
        for process in (site.api, site.worker):
            stack.enter_context(process.started())
        clients = [world.gateway.merchant_client(f"Merchant {n}") for n in range(3)]
        nemesis = Nemesis(site, seed, arguments.pace)
        swarm = SwarmProcess(site, arguments, [client.secret for client in clients], seed)
        stack.callback(swarm.child.kill)
        storm_s = storm(site, nemesis, swarm, arguments.seconds, watermark)
        invariants.heal(world, site.gateways)
        tally, broken = swarm.leave(120)
        if tally["operations"] < arguments.operations:
            broken.append(f"{tally['operations']} of {arguments.operations} operations in {storm_s:.0f} s")
        quiet_s = invariants.wait_until_quiet(world.gateway, 300)
        more, figures = invariants.all_promises(world, site.gateways, swarm.acks, clients, watermark)
        return broken + more, {"seed": seed, "per_second": round(tally["operations"] / storm_s), "storm_s": round(storm_s),
                               "until_quiet_s": round(quiet_s), "deeds": nemesis.done, "faults": nemesis.hits, **tally,
                               "links": len(watermark.links), "checked": figures}


def run(arguments):
    total, status = 0, 0
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        print(f"seed {seed}: {arguments.operations} operations by {arguments.clients} clients", flush=True)
        broken, report = run_one(arguments, seed)
        print(json.dumps(report, default=str), flush=True)
        total += report["operations"]
        for sentence in broken[:30]:
            print("BROKEN:", sentence, flush=True)
        killed = sum(count for deed, count in report["deeds"].items() if not deed.startswith("change"))
        if broken:
            status = 1
        elif not status and not (killed and sum(report["faults"].values()) and report["links"]):
            print("nothing was hit: this run shows nothing")
            status = 2
    print(f"{total} operations over {arguments.seeds} seeds: " + ("every promise kept" if status == 0 else "see above"))
    return status


def parser():
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--operations", type=int, default=100_000, help="of each world")
    made.add_argument("--seeds", type=int, default=1, help="how many worlds, with this seed and the next ones")
    made.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    made.add_argument("--clients", type=int, default=64)
    made.add_argument("--seconds", type=int, default=3600, help="a storm that is not over by then fails")
    made.add_argument("--pace", type=float, default=1.0, help="of the nemesis: 2 is half as busy")
    return made


if __name__ == "__main__":
    use_venv()
    sys.exit(run(parser().parse_args()))
