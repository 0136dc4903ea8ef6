"""What a measurement cost: processor time of every process, sizes of batches, WAL and stored bytes, the PSP's own time."""

import os
import pathlib
import re
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE = re.compile(r'^(florin_[a-z_]+)(?:\{(.*)\})? ([0-9.eE+-]+)$', re.MULTILINE)


def cpu_s(pids):
    """Processor seconds used so far by these processes and by their children that have ended."""
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def with_children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [int(child) for child in found]


def ended_children_s():
    """Of this script: the load generator, once it has ended."""
    times = os.times()
    return times.children_user + times.children_system


def read_metrics(world):
    """{(name, labels): value} of the gateway."""
    from harness.client import request
    text = request(world.gateway.port, "GET", "/metrics").text
    return {(name, labels): float(value) for name, labels, value in SAMPLE.findall(text)}


def database_bytes(world, name):
    """WAL written by the server, and stored in the database."""
    with world.gateway.database() as database:
        return database.execute("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8, pg_database_size(%s)",
                                [name]).fetchone()


class Costs:
    """Between its making and `since_then`."""

    def __init__(self, world, name="florin"):
        self.world, self.name, self.gateway = world, name, world.gateway.child.pid
        self.metrics, self.bytes = read_metrics(world), database_bytes(world, name)
        self.cpu = self.read_cpu()

    def read_cpu(self):
        return {"generator": ended_children_s(), "gateway": cpu_s([self.world.gateway.child.pid]),
                "simulator": cpu_s([self.world.simulator.child.pid]),
                "postgres": cpu_s(with_children(self.world.gateway.postmaster()))}

    def grown(self, metrics, name):
        """{labels: growth} of a metric."""
        return {labels: value - self.metrics.get((name, labels), 0)
                for (other, labels), value in metrics.items() if other == name}

    def mean(self, metrics, name):
        """{labels: mean} of a histogram's new values."""
        counts = self.grown(metrics, f"{name}_count")
        return {labels: grown / counts[labels] for labels, grown in self.grown(metrics, f"{name}_sum").items() if counts[labels]}

    def since_then(self, payments):
        """Per payment; a gateway that was started anew is left out."""
        cpu = {name: value - self.cpu[name] for name, value in self.read_cpu().items()}
        wal, stored = (after - before for after, before in zip(database_bytes(self.world, self.name), self.bytes))
        of = max(payments, 1)
        costs = {"wal_bytes": round(wal / of), "stored_bytes": round(stored / of)}
        if self.world.gateway.child.pid == self.gateway:
            metrics = read_metrics(self.world)
            costs["batch"] = {labels.removeprefix('kind="').rstrip('"'): round(mean, 1)
                              for labels, mean in self.mean(metrics, "florin_commit_items").items()}
            calls = sum(self.grown(metrics, "florin_psp_call_seconds_count").values())
            seconds = sum(self.grown(metrics, "florin_psp_call_seconds_sum").values())
            costs["psp_call_ms"] = round(seconds / max(calls, 1) * 1000, 3)
        else:
            cpu = {name: cpu[name] for name in ("simulator", "postgres")}  # the ended gateway counts among this script's children
        costs["cpu_s_per_1000"] = {name: round(value * 1000 / of, 4) for name, value in cpu.items()}
        return costs


def show_costs(costs):
    """One line."""
    cpu = ", ".join(f"{name} {value:.3f}" for name, value in costs["cpu_s_per_1000"].items())
    batch = ", ".join(f"{kind} {mean:.0f}" for kind, mean in costs.get("batch", {}).items())
    psp = f"PSP call {costs['psp_call_ms']:.1f} ms as the gateway saw it; " if costs.get("psp_call_ms") else ""
    return (f"CPU s per 1,000: {cpu} (sum {sum(costs['cpu_s_per_1000'].values()):.3f}); items per commit: {batch or 'unknown'}; "
            f"{psp}WAL {costs['wal_bytes']:,} B, stored {costs['stored_bytes']:,} B each")
