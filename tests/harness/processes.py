"""The running product under test: simulator, gateway with its embedded PostgreSQL, and the commands of an operator.

Everything lives in one temporary directory that the `postgres` user may enter (initdb refuses root). Nothing is mocked.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FLORIN_BUILD", ROOT / "build" / "release"))
STRIPE_KEY = "sk_test_simulator"
# What AddressSanitizer keeps of freed memory to find its later use; tests of memory bounds reckon with it.
QUARANTINE_MB = 64
# Where a PSP that does not answer, or takes a refund back, is part of the test.
QUICK = {"payments": {"answer_within_ms": 3000, "psp_deadline_ms": 3000}, "stripe": {"refund_looks": "3s,5s,7s,9s,3600s"}}


def wait_until(what, condition, seconds=30, step=0.02):
    """Polls a condition up to a deadline; returns its first true value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(step)


class Ports:
    """Ports for programs that begin to listen later, or again: below those that the kernel gives to connections, and
    each locked (a byte of one file, until this process ends) against other test runs on this machine."""

    def __init__(self, path="/tmp/florin-test-ports"):
        self.locks = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        first_of_connections = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        self.left = list(range(10_000, first_of_connections))
        random.shuffle(self.left)

    def take(self):
        while self.left:
            port = self.left.pop()
            with contextlib.suppress(OSError), socket.socket() as probe:
                fcntl.lockf(self.locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
                probe.bind(("127.0.0.1", port))
                return port
        raise AssertionError("every port from 10000 up to net.ipv4.ip_local_port_range is in use")


PORTS = Ports()


def port_answers(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


class Process:
    """A child process with its log in a file."""

    def __init__(self, name, directory):
        self.name, self.log_path, self.child = name, directory / f"{name}.log", None

    def spawn(self, arguments, environment=None):
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(
                [str(argument) for argument in arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={"ASAN_OPTIONS": f"quarantine_size_mb={QUARANTINE_MB}", **os.environ, **(environment or {})},
                start_new_session=True)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        """kill -9, as a crash would."""
        if self.alive():
            self.child.kill()
        if self.child:
            self.child.wait(60)

    def stop(self):
        """SIGSTOP, as a host that hangs; `go_on` ends it."""
        self.child.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.child.send_signal(signal.SIGCONT)

    def terminate(self, seconds=60):
        """SIGTERM and the exit status."""
        if self.alive():
            self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds) if self.child else None


class Simulator(Process):
    """`shared` is the environment of every process of its world."""

    def __init__(self, directory, shared=None):
        super().__init__("simulator", directory)
        self.directory, self.port, self.shared = directory, PORTS.take(), shared or {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.spawn([BUILD / "bin" / "florin-simulator", "--port", self.port, "--data", self.directory / "simulator"],
                   self.shared)
        wait_until("the simulator listens", lambda: port_answers(self.port) or not self.alive(), 60)
        assert self.alive(), self.log()
        return self

    def call(self, method, path, body=None):
        from harness.client import request
        answer = request(self.port, method, path, headers={"Content-Type": "application/json"},
                         body=None if body is None else json.dumps(body))
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json() if answer.text else None

    def fault(self, action, operation="create", **options):
        return self.call("POST", "/_simulator/faults",
                         {"psp": "stripe", "operation": operation, "action": action, **options})["id"]

    def faults(self):
        return self.call("GET", "/_simulator/faults")["data"]

    def hits(self, fault_id):
        return next(fault["hits"] for fault in self.faults() if fault["id"] == fault_id)

    def heal(self):
        self.call("DELETE", "/_simulator/faults")

    def settings(self, **settings):
        self.call("POST", "/_simulator/settings", settings)

    def truth(self, reference):
        return self.call("GET", f"/_simulator/truth?reference={reference}")["data"]

    def whole_truth(self):
        """Every charge, by payment id: {payment_id: [row, …]}."""
        rows, after = {}, 0
        while after is not None:
            page = self.call("GET", f"/_simulator/truth?after={after}&limit=1000")
            for row in page["data"]:
                rows.setdefault(row["payment_id"], []).append(row)
            after = page["next"]
        return rows

    def summary(self):
        return self.call("GET", "/_simulator/truth/summary")

    def duplicates(self):
        return self.call("GET", "/_simulator/truth/duplicates")["data"]


class Gateway(Process):
    """`florin up` (or api, worker) on a data directory of its own or a given database."""

    def __init__(self, directory, simulator, name="gateway", command="up", settings=None, database_url=None):
        super().__init__(name, directory)
        self.directory, self.simulator, self.command = directory, simulator, command
        self.port, self.settings, self.database_url = PORTS.take(), settings or {}, database_url
        self.data, self.config = directory / "data", directory / f"{name}.toml"

    def environment(self, **more):
        return {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY, "FLORIN_PEPPER": "a-pepper-of-the-tests-0123456789abcdef",
                **self.simulator.shared, **more}

    def write_config(self):
        payments = {"answer_within_ms": 10000, "psp_deadline_ms": 30000, **self.settings.get("payments", {})}
        stripe = {"name": "main", "base_url": self.simulator.url, "read_lag_ms": 200, "fee_basis_points": 140,
                  "fee_fixed": 25, **self.settings.get("stripe", {})}
        lines = ["[http]", 'address = "127.0.0.1"', f"port = {self.port}", "[database]", f'data = "{self.data}"']
        lines += [f'url = "{self.database_url}"'] if self.database_url else []
        lines[3:3] = [f"{key} = {json.dumps(value)}" for key, value in self.settings.get("http", {}).items()]
        more = {"webhooks": {"allow_loopback": True},  # receivers of tests are on this machine
                **{name: values for name, values in self.settings.items() if name not in ("http", "payments", "stripe")}}
        drain = {"requests_per_second": 1000}  # tests are done when nothing is open
        for section, values in {"payments": payments, "stripe.test": stripe, "resolver": drain, **more}.items():
            lines += [f"[{section}]"] + [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        self.config.write_text("\n".join(lines) + "\n")

    def start(self, ready=True, **environment):
        self.write_config()
        self.spawn([BUILD / "bin" / "florin", self.command, "--config", self.config], self.environment(**environment))
        if ready:
            wait_until("the gateway is ready", lambda: self.ready() or not self.alive(), 120)
            assert self.alive(), self.log()
        return self

    def ready(self):
        from harness.client import request
        with contextlib.suppress(OSError):
            return request(self.port, "GET", "/readyz").status == 200
        return False

    def cli(self, *arguments, check=True, **environment):
        done = subprocess.run([str(BUILD / "bin" / "florin"), *map(str, arguments), "--config", str(self.config)],
                              capture_output=True, text=True, env={**os.environ, **self.environment(**environment)},
                              timeout=300)
        if check:
            assert done.returncode == 0, f"florin {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}"
        return done

    def create_merchant(self, name="Merchant", basis_points=290, fixed=30):
        made = self.cli("merchants", "create", "--name", name, "--fee-bps", basis_points, "--fee-fixed", fixed, "--json")
        return json.loads(made.stdout)["id"]

    def create_key(self, merchant, mode="test"):
        made = self.cli("keys", "create", "--merchant", merchant, "--mode", mode, "--name", "tests", "--json")
        return json.loads(made.stdout)

    def merchant_client(self, name="Merchant", mode="test", **fees):
        from harness.client import Client
        merchant = self.create_merchant(name, **fees)
        key = self.create_key(merchant, mode)
        return Client(self.port, key["key"], merchant=merchant, key_id=key["id"])

    def postmaster(self):
        """The pid of the embedded PostgreSQL."""
        return int((self.data / "data" / "postmaster.pid").read_text().splitlines()[0])

    def find_postmaster(self):
        with contextlib.suppress(OSError, ValueError, IndexError):
            return self.postmaster()

    def database(self, role="postgres"):
        import psycopg
        return psycopg.connect(host=str(self.data / "socket"), dbname="florin", user=role, autocommit=True,
                               password=(self.data / "secrets" / role).read_text().strip())

    def application_url(self):
        secret = (self.data / "secrets" / "florin_app").read_text().strip()
        return f"postgresql://florin_app:{secret}@/florin?host={self.data}/socket"

    @contextlib.contextmanager
    def started(self):
        try:
            yield self.start()
        finally:
            self.terminate()
            self.kill()

    def verify(self):
        return self.cli("verify", check=False)

    def kill_with_database(self):
        postmaster = self.postmaster()
        self.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(postmaster, signal.SIGKILL)


class World:
    """A directory with a simulator and a gateway that go away together. With `virtual`, a test moves their time (`time`)."""

    def __init__(self, settings=None, virtual=False):
        from harness.virtual_time import VirtualTime
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="florin-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.time = VirtualTime(self.directory / "clock") if virtual else None
        self.simulator = Simulator(self.directory, self.time.environment() if virtual else None)
        self.gateway = Gateway(self.directory, self.simulator, settings=settings)

    def __enter__(self):
        self.simulator.start()
        self.gateway.start()
        if self.time:
            self.time.move_database(self.gateway)
        return self

    def __exit__(self, kind, value, trace):
        try:
            for process in (self.gateway, self.simulator):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.terminate(60)
                process.kill()
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(self.gateway.postmaster(), signal.SIGKILL)
        finally:
            if kind is None or not os.environ.get("FLORIN_KEEP"):
                shutil.rmtree(self.directory, ignore_errors=True)
