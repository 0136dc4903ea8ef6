#!/usr/bin/env python3
"""kill -9 of the gateway and of PostgreSQL at random moments under load with PSP faults, then quiet, then the truth.

    tests/faults/chaos.py [--seconds 60] [--clients 32] [--seed N]

Every acknowledged answer (200, 402, 202) is written to a list before the next request. At the end, after healing:
  - the simulator's truth holds no operation and no payment charged twice;
  - each acknowledged 200 reads back captured with the same id and amount and was charged exactly once;
  - each acknowledged payment that failed was not charged, and none is left pending;
  - captured payments, charges at the PSP and the ledger agree, and `florin verify` finds nothing.
Prints the seed, the counts and how often each fault fired; exits 1 when a promise is broken, 2 when no fault fired.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.client import SALE, Client, new_key  # noqa: E402
from harness.processes import World, wait_until  # noqa: E402

ACTIONS = ["hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
           "error_after_processing", "half_body", "rate_limit", "wrong_amount", "garbage"]


class Load:
    """Merchants that retry with the same key until they get a final answer, as a careful one does."""

    def __init__(self, client, count, seed):
        self.client, self.stop, self.acknowledged, self.lock = client, threading.Event(), [], threading.Lock()
        self.statuses = collections.Counter()
        self.threads = [threading.Thread(target=self.shop, args=(random.Random(seed * 1000 + n),)) for n in range(count)]

    def shop(self, dice):
        while not self.stop.is_set():
            key, amount = new_key(), dice.randrange(100, 90000)
            method = dice.choice(["pm_card_visa"] * 8 + ["pm_card_visa_chargeDeclined"])
            for _ in range(dice.randrange(1, 6)):
                answer = self.attempt(key, amount, method)
                if answer is not None and answer[0] in (200, 402):
                    break
                if self.stop.wait(dice.uniform(0, 0.3)):
                    break

    def attempt(self, key, amount, method):
        try:
            answer = self.client.pay(key, amount=amount, payment_method=method)
        except (OSError, http.client.HTTPException):
            self.statuses["no answer"] += 1
            return None
        self.statuses[answer.status] += 1
        if answer.status in (200, 202, 402) or (answer.status == 503 and "payment" in answer.json()):
            payment = answer.json().get("payment", answer.json())
            with self.lock:
                self.acknowledged.append((answer.status, payment["payment_id"], amount, key, method))
        return answer.status, answer

    def start(self):
        for thread in self.threads:
            thread.start()

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


def kill_and_restart(world, dice):
    """One crash of the gateway, of PostgreSQL, or of both."""
    victim = dice.choice(["gateway", "postgres", "both"])
    if victim in ("postgres", "both"):
        with contextlib.suppress(OSError, ValueError, IndexError, ProcessLookupError):
            os.kill(world.gateway.postmaster(), signal.SIGKILL)
    if victim in ("gateway", "both"):
        world.gateway.kill()
        world.gateway.start(ready=False)
    return victim


def run_storm(world, client, arguments, dice):
    load = Load(client, arguments.clients, arguments.seed)
    for action in ACTIONS:
        world.simulator.fault(action, probability=0.01, times=1000000)
    load.start()
    victims, end = collections.Counter(), time.monotonic() + arguments.seconds
    while time.monotonic() < end:
        time.sleep(dice.uniform(1.5, 5.0))
        victims[kill_and_restart(world, dice)] += 1
    load.finish()
    hits = {fault["action"]: fault["hits"] for fault in world.simulator.faults()}
    return load, victims, hits


def heal(world):
    world.simulator.heal()
    if not world.gateway.alive():
        world.gateway.start(ready=False)
    wait_until("the gateway is ready again", world.gateway.ready, 90, 0.2)
    with world.gateway.database() as database:
        wait_until("no operation is open",
                   lambda: database.execute("select count(*) from open_operations").fetchone()[0] == 0, 180, 0.5)


def check(world, client, load):
    """Broken promises, one sentence each."""
    broken = [f"charged twice: {row}" for row in world.simulator.duplicates()]
    truth = world.simulator.whole_truth()
    for status, payment_id, amount, key, method in load.acknowledged:
        answer = client.payment(payment_id)
        if answer.status != 200:
            broken.append(f"acknowledged payment {payment_id} is lost: {answer.status}")
            continue
        payment = answer.json()
        charges = [row for row in truth.get(payment_id, []) if row["captured"]]
        if status == 200 and (payment["status"], payment["captured_amount"]) != ("captured", amount):
            broken.append(f"acknowledged 200 of {payment_id} reads {payment['status']}")
        if (payment["status"] == "captured") != (len(charges) == 1):
            broken.append(f"{payment_id} is {payment['status']} but the PSP charged it {len(charges)} times")
    with world.gateway.database() as database:
        captured, total = database.execute(
            "select count(*), coalesce(sum(captured), 0) from payments where captured > 0").fetchone()
        journals = database.execute("select count(distinct (operation_id)) from ledger_entries").fetchone()[0]
    summary = [row for row in world.simulator.summary()["data"] if row["kind"] == "charge"]
    counted, charged = sum(row["count"] for row in summary), sum(row["captured"] for row in summary)
    if not captured == counted == journals or total != charged:
        broken.append(f"captured {captured} ({total}), charged {counted} ({charged}), journals {journals}")
    verified = world.gateway.verify()
    if verified.returncode != 0:
        broken.append(f"florin verify: {verified.stdout}{verified.stderr}")
    return broken, {"captured": captured, "charges": counted, "journals": journals}


def run(arguments):
    dice = random.Random(arguments.seed)
    print(f"seed {arguments.seed}, {arguments.seconds} s, {arguments.clients} clients", flush=True)
    with World({"payments": {"answer_within_ms": 2000, "psp_deadline_ms": 3000}}) as world:
        merchant = world.gateway.merchant_client()
        client = Client(world.gateway.port, merchant.secret)
        load, victims, hits = run_storm(world, client, arguments, dice)
        heal(world)
        broken, figures = check(world, client, load)
        print(json.dumps({"seed": arguments.seed, "killed": victims, "faults": hits, "answers": dict(load.statuses),
                          "acknowledged": len(load.acknowledged), **figures}, default=str), flush=True)
    for sentence in broken[:20]:
        print("BROKEN:", sentence)
    if broken:
        return 1
    if not sum(victims.values()) or not sum(hits.values()):
        print("no fault fired: this run shows nothing")
        return 2
    print("every promise kept")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
