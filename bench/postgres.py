"""PostgreSQL's own programs against the private server of a World: TPC-B, as the yardstick."""

import os
import pathlib
import re
import subprocess

WARM = ("create extension if not exists pg_prewarm; select pg_prewarm('pgbench_accounts'), pg_prewarm('pgbench_accounts_pkey'),"
        " pg_prewarm('pgbench_tellers'), pg_prewarm('pgbench_branches'); checkpoint")


def program(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


class TpcB:
    """Of the given scale, prepared statements, 32 clients, its tables warm."""

    def __init__(self, gateway, scale):
        with gateway.database() as database:
            database.execute("create database bench")
        password = (gateway.data / "secrets" / "postgres").read_text().strip()
        self.environment = {**os.environ, "PGHOST": str(gateway.data / "socket"), "PGUSER": "postgres", "PGPASSWORD": password,
                            "PGDATABASE": "bench"}
        self.call("pgbench", "-i", "-q", "-s", scale)
        self.call("psql", "-qc", WARM)

    def call(self, name, *words):
        command = [program(name), *map(str, words)]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def run(self, seconds):
        """Transactions per second."""
        out = self.call("pgbench", "-c", 32, "-j", 2, "-M", "prepared", "-T", seconds, "-n")
        return float(re.search(r"tps = ([0-9.]+)", out).group(1))
