"""Runs of the load generator against the gateway of a World, each with what it cost and followed by the correctness gate."""

import json
import os
import subprocess
import time

from accounting import Costs
from gate import FIRST, GateFailed, gate
from harness.processes import BUILD

# What a client may see of a gateway that is killed while it works.
KILLED = ("0", "200", "202", "409", "503")


def make_keys(world, count, path):
    """The secrets, one per line; the merchants' ids in the same order."""
    clients = [world.gateway.merchant_client(f"Bench {number}") for number in range(count)]
    path.touch(0o600)
    path.write_text("".join(client.secret + "\n" for client in clients))
    return [client.merchant for client in clients]


class Load:
    def __init__(self, world, merchants, connections, seconds):
        self.world, self.connections, self.seconds, self.since = world, connections, seconds, FIRST
        self.keys, self.acknowledged = world.directory / "keys.txt", world.directory / "acknowledged.txt"
        self.merchants = make_keys(world, merchants, self.keys)
        self.acknowledged.touch()

    def start(self, *words, **options):
        """florin-bench with the load's usual arguments, changed by `options`; True is a flag."""
        options = {"port": self.world.gateway.port, "keys": self.keys, "acknowledged": self.acknowledged,
                   "connections": self.connections, "seconds": self.seconds, **options}
        for name, value in options.items():
            words += (f"--{name.replace('_', '-')}",) + (() if value is True else (value,))
        return start_generator(*words)

    def run(self, allowed=("200",), kill=False, **options):
        """What florin-bench saw, with `costs` per payment (of reads alone: per read). Fails on an answer with another status.
        `kill`: half-way the gateway is killed and started again."""
        costs = Costs(self.world)
        child = self.start(**options)
        if kill:
            self.kill_half_way(options)
        result = result_of(child)
        result["costs"] = costs.since_then(result["all_payments"] or result["all_requests"])
        gate(self.world, self.acknowledged, result, KILLED if kill else allowed, self.since)
        return result

    def kill_half_way(self, options):
        time.sleep(options.get("warmup", 2) + options.get("seconds", self.seconds) / 2)
        self.world.gateway.kill()
        self.world.gateway.start()

    def verify(self):
        verify(self.world.gateway)


def start_generator(*words):
    command = [str(word) for word in (BUILD / "bin" / "florin-bench", *words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result_of(child):
    out, error = child.communicate()
    if child.returncode != 0:
        raise GateFailed(f"florin-bench: {error}")
    return json.loads(out)


def verify(gateway):
    """`florin verify`, however long it takes."""
    done = subprocess.run([str(BUILD / "bin" / "florin"), "verify", "--config", str(gateway.config)], capture_output=True,
                          text=True, env={**os.environ, **gateway.environment()})
    if done.returncode != 0:
        raise GateFailed(f"florin verify: {done.stdout}{done.stderr}")
