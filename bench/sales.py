"""Runs of the load generator against the gateway of a World, each followed by the correctness gate."""

import json
import subprocess

from gate import GateFailed, gate, make_keys
from harness.processes import BUILD


class Sales:
    def __init__(self, world, merchants, connections, seconds):
        self.world, self.connections, self.seconds = world, connections, seconds
        self.keys, self.acknowledged = world.directory / "keys.txt", world.directory / "acknowledged.txt"
        make_keys(world, merchants, self.keys)

    def run(self, allowed=("200",), **options):
        """What florin-bench saw; `options` are its further arguments. Fails on an answer with another status."""
        options = {"port": self.world.gateway.port, "keys": self.keys, "acknowledged": self.acknowledged,
                   "connections": self.connections, "seconds": self.seconds, **options}
        words = [BUILD / "bin" / "florin-bench", *(word for name, value in options.items() for word in (f"--{name}", value))]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if done.returncode != 0:
            raise GateFailed(f"florin-bench: {done.stderr}")
        result = json.loads(done.stdout)
        gate(self.world, self.acknowledged, result, allowed)
        return result

    def verify(self):
        verified = self.world.gateway.verify()
        if verified.returncode != 0:
            raise GateFailed(f"florin verify: {verified.stdout}{verified.stderr}")
