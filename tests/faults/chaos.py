#!/usr/bin/env python3
"""kill -9 of the gateway and of PostgreSQL at random moments under load with PSP faults, then quiet, then the truth.

    tests/faults/chaos.py [--seconds 60] [--clients 32] [--seed N]

Merchants create sales and authorizations, capture, void and refund, and repeat each request with its key as careful ones do.
Every acknowledged answer is written to a list before the next request; holds that nobody captures expire meanwhile. At the
end, after healing:
  - the simulator's truth holds no operation and no payment executed twice;
  - each acknowledged final answer (200, 402, 422) is answered again with the same bytes, each acknowledged payment is there;
  - of each payment, API, ledger and truth say the same was held, captured and refunded, and none is left open or held;
  - the sums of all payments are those of the truth, and `florin verify` finds nothing.
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

from harness.agreement import agree  # noqa: E402
from harness.client import Client, new_key  # noqa: E402
from harness.environment import use_venv  # noqa: E402
from harness.processes import World, wait_until  # noqa: E402

ACTIONS = ["hang_after_processing", "drop_before_processing", "drop_after_processing", "error_before_processing",
           "error_after_processing", "half_body", "rate_limit", "wrong_amount", "garbage"]
METHODS = ["pm_card_visa"] * 8 + ["pm_card_visa_chargeDeclined"]
HELD_FOR_MS = 15_000
FINAL = (200, 402, 422)


class Load:
    """Merchants that retry with the same key until they get a final answer, or lose patience."""

    def __init__(self, client, count, seed):
        self.client, self.stop, self.lock = client, threading.Event(), threading.Lock()
        self.final, self.payments = [], set()
        self.statuses, self.kinds = collections.Counter(), collections.Counter()
        self.threads = [threading.Thread(target=self.shop, args=(random.Random(seed * 1000 + n),)) for n in range(count)]

    def shop(self, dice):
        while not self.stop.is_set():
            at_once = dice.random() < 0.5
            body = {"amount": dice.randrange(100, 90000), "currency": "USD", "payment_method": dice.choice(METHODS),
                    "capture": at_once}
            if not at_once and dice.random() < 0.5:
                body["multiple_captures"] = True
            payment_id = self.insist("sale" if at_once else "authorize", "/api/v1/payments", body, dice)
            for _ in range(dice.randrange(0, 5) if payment_id else 0):
                kind, body = self.operation(dice)
                self.insist(kind, f"/api/v1/payments/{payment_id}/{kind}", body, dice)

    def operation(self, dice):
        kind = dice.choices(["capture", "void", "refund"], [4, 1, 4])[0]
        return kind, {"amount": dice.randrange(1, 40000)} if kind != "void" and dice.random() < 0.7 else {}

    def insist(self, kind, path, body, dice):
        """The payment's id once an answer named it."""
        key, payment_id = new_key(), None
        for _ in range(dice.randrange(1, 7)):
            answer = self.attempt(path, body, key)
            if answer is not None:
                payment_id = self.acknowledge(kind, path, body, key, answer) or payment_id
                if answer.status in FINAL:
                    break
            if self.stop.wait(dice.uniform(0, 0.3)):
                break
        return payment_id

    def attempt(self, path, body, key):
        try:
            answer = self.client.post(path, body, key)
        except (OSError, http.client.HTTPException):
            self.statuses["no answer"] += 1
            return None
        self.statuses[answer.status] += 1
        return answer

    def acknowledge(self, kind, path, body, key, answer):
        document = answer.json()
        payment = document if answer.status in (200, 202) else document.get("payment")
        if payment is None:
            return None
        with self.lock:
            self.payments.add(payment["payment_id"])
            if answer.status in FINAL:
                self.final.append((path, body, key, answer))
                self.kinds[f"{kind} {answer.status}"] += 1
        return payment["payment_id"]

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
    world.simulator.settings(authorization_life_ms=HELD_FOR_MS)
    for action in ACTIONS:
        world.simulator.fault(action, operation="*", probability=0.01, times=1000000)
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
        wait_until_empty(database, "open_operations")
        # What was busy, or could not be released, is looked at again after ten minutes: as if they had passed.
        wait_until_empty(database, "held_authorizations", "update held_authorizations set next_look = florin_now()")
        wait_until_empty(database, "open_operations")


def wait_until_empty(database, table, meanwhile="select"):
    def is_empty():
        database.execute(meanwhile)
        return database.execute(f"select count(*) from {table}").fetchone()[0] == 0
    wait_until(f"{table} is empty", is_empty, 180, 2)


def check_answers(client, load):
    for path, body, key, answer in load.final:
        again = client.post(path, body, key)
        if (again.status, again.text) != (answer.status, answer.text):
            yield f"{path} {key} was answered with {answer.status} {answer.text} and now with {again.status} {again.text}"


def check_payments(world, client, load):
    with world.gateway.database() as database:
        stored = {f"pay_{row[0]}" for row in database.execute("select id from payments")}
    yield from (f"acknowledged payment {payment_id} is lost" for payment_id in load.payments - stored)
    for payment_id in stored:
        try:
            document = agree(world.simulator, client, payment_id)
        except AssertionError as disagreement:
            yield f"{payment_id}: API, ledger and truth disagree: {disagreement}"
            continue
        if document["status"] in ("pending", "authorized"):
            yield f"{payment_id} is still {document['status']}"


def check_sums(world):
    with world.gateway.database() as database:
        ours = database.execute("select coalesce(sum(captured), 0)::int8, coalesce(sum(refunded), 0)::int8 from payments").fetchone()
    rows = world.simulator.summary()["data"]
    theirs = (sum(row["captured"] for row in rows if row["kind"] in ("charge", "capture")),
              sum(row["refunded"] for row in rows if row["kind"] == "refund"))
    return ours, theirs


def check(world, client, load):
    """Broken promises, one sentence each."""
    broken = [f"executed twice: {row}" for row in world.simulator.duplicates()]
    broken += check_answers(client, load)
    broken += check_payments(world, client, load)
    ours, theirs = check_sums(world)
    if ours != theirs:
        broken.append(f"captured and refunded are {ours}, in truth {theirs}")
    verified = world.gateway.verify()
    if verified.returncode != 0:
        broken.append(f"florin verify: {verified.stdout}{verified.stderr}")
    return broken, dict(zip(("captured", "refunded"), ours))


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
                          "final": dict(load.kinds), "acknowledged": len(load.payments), **figures}, default=str), flush=True)
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
    use_venv()
    sys.exit(main())
