"""No secret leaves its place: not in arguments, environments of children, logs, data files, metrics, error bodies or core
dumps (A-22, A-24). A world of its own, with secrets that are known and looked for."""

import json
import os
import pathlib
import pwd
import secrets
import subprocess

import pytest

from harness.client import Client, new_key, recorded, request
from harness.processes import BUILD, Process, World, wait_until

CARD = "4000056655665556"  # Stripe's test number: refused wherever it stands, and repeated nowhere
STRIPE_KEY = "sk_test_" + secrets.token_hex(16)
PEPPER = secrets.token_hex(32)
WRONG_KEY = "sk_test_" + secrets.token_hex(24)


class Used:
    """A gateway after a busy day: every way in which it could have said too much."""

    def __init__(self, world):
        self.world, self.gateway, self.texts = world, world.gateway, []
        self.environment = {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY, "FLORIN_PEPPER": PEPPER}
        self.client = None
        self.live_through()
        folder = self.gateway.data / "secrets"
        self.secrets = {STRIPE_KEY, PEPPER, WRONG_KEY, CARD, self.client.secret, self.other["key"]}
        self.secrets |= self.told_with
        self.secrets |= {path.read_text().strip() for path in folder.iterdir() if path.is_file()}
        assert len(self.secrets) >= 11, "the passwords of three roles are among them"

    def live_through(self):
        merchant = self.gateway.create_merchant()
        key, self.other = self.gateway.create_key(merchant), self.gateway.create_key(merchant)
        self.client = Client(self.gateway.port, key["key"])
        self.told_with = self.tell(merchant)
        self.pay()
        self.err()
        self.command()

    def tell(self, merchant):
        """The secrets of an endpoint at which nobody listens: what is signed with them leaves for nowhere."""
        def shown(*arguments):
            return json.loads(self.gateway.cli("webhooks", "endpoints", *arguments, "--json").stdout)
        made = shown("create", "--merchant", merchant, "--url", "http://127.0.0.1:9/")
        rotated = shown("rotate", made["id"])
        return {secret.removeprefix("whsec_") for secret in (made["secret"], rotated["secret"])}

    def pay(self):
        client, simulator = self.client, self.world.simulator
        sale = client.pay(description="Order", metadata={"a": "b"})
        assert sale.status == 200, sale.text
        assert client.refund(sale["payment_id"], amount=100).status == 200
        assert client.pay(payment_method="pm_card_visa_chargeDeclined").status == 402
        for action in ("error_before_processing", "garbage", "drop_after_processing"):
            simulator.fault(action, times=1)
            client.pay()

    def err(self):
        port, key = self.gateway.port, {"Idempotency-Key": new_key()}
        for credential in (f"Bearer {WRONG_KEY}", WRONG_KEY, f"Basic {WRONG_KEY}", f"Bearer {WRONG_KEY} {WRONG_KEY}"):
            self.texts.append(request(port, "GET", "/api/v1/balance", {"Authorization": credential}).text)
        for field in ("description", "payment_method", "surprise", CARD):
            self.texts.append(self.client.pay(**{field: CARD}).text)
        self.texts.append(self.client.pay(metadata={"card": f"no {CARD}."}).text)
        self.texts.append(self.client.post("/api/v1/payments", '{"card": ' + CARD, **key).text)
        for path in (f"/api/v1/payments?api_key={self.client.secret}", f"/api/v1/payments?{CARD}=1",
                     f"/api/v1/payments/{WRONG_KEY}", f"/{WRONG_KEY}?{WRONG_KEY}"):
            self.texts.append(self.client.get(path).text)

    def command(self):
        commands = [("keys", "list"), ("merchants", "list"), ("operations", "list"), ("doctor",), ("verify",),
                    ("webhooks", "endpoints", "list"), ("config", "print", "--redacted"), ("config", "check"),
                    ("keys", "create", "--merchant", "nobody")]
        for command in commands:
            done = self.gateway.cli(*command, check=False, **self.environment)
            self.texts += [done.stdout, done.stderr]

    def processes(self):
        """The gateway, and PostgreSQL's processes."""
        postmaster = self.gateway.postmaster()
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()
        assert len(children) >= 4, "PostgreSQL has processes of its own"
        return [self.gateway.child.pid], [postmaster, *map(int, children)]

    def found_in(self, what, content):
        content = content if isinstance(content, bytes) else content.encode()
        return [f"{what} holds {secret[:10]}…" for secret in self.secrets if secret.encode() in content]


@pytest.fixture(scope="module")
def used():
    world = World()
    world.simulator.start()
    world.gateway.start(FLORIN_STRIPE_TEST_KEY=STRIPE_KEY, FLORIN_PEPPER=PEPPER)
    with_secrets = world.gateway.environment
    world.gateway.environment = lambda **more: with_secrets(**{"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY, "FLORIN_PEPPER": PEPPER,
                                                               **more})
    try:
        yield Used(world)
    finally:
        world.__exit__(None, None, None)


def test_arguments_hold_no_secret(used):
    for group in used.processes():
        for pid in group:
            assert not used.found_in(f"the command line of {pid}", pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())


def test_postgresql_inherits_no_secret(used):
    _, servers = used.processes()
    for pid in servers:
        environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        assert b"FLORIN_" not in environment, pid
        assert not used.found_in(f"the environment of {pid}", environment)


def test_logs_hold_no_secret(used):
    log = used.gateway.log()
    assert '"status":402' in log or '"status": 402' in log, "requests are logged"
    assert not used.found_in("the gateway's log", log)


def test_answers_and_reports_hold_no_secret(used):
    answers = [answer.text for _, _, answer in recorded]
    for number, text in enumerate(used.texts + answers):
        assert not used.found_in(f"answer {number} ({text[:80]!r})", text)
    for path in ("/metrics", "/healthz", "/readyz", "/openapi.yaml"):
        holds = used.found_in(path, request(used.gateway.port, "GET", path).text)
        assert not [sentence for sentence in holds if path != "/openapi.yaml" or CARD[:10] not in sentence]


def test_data_files_hold_no_secret(used):
    """Tables, write-ahead log and PostgreSQL's own log, once everything is written."""
    with used.gateway.database() as database:
        database.execute("checkpoint")
    apart = {used.gateway.data / "secrets", used.gateway.data / "pepper"}
    looked_at = 0
    for path in used.gateway.data.rglob("*"):
        if not path.is_file() or apart & {path, *path.parents}:
            continue
        looked_at += 1
        assert not used.found_in(path, path.read_bytes())
    assert looked_at > 900, "a cluster has many files"


def test_secret_files_are_their_owners_alone(used):
    for path in [used.gateway.data / "secrets", *(used.gateway.data / "secrets").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


def core_limit(pid):
    line = next(line for line in pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines() if "core file size" in line)
    return line.split()[4:6]


def test_no_process_leaves_a_core_file(used):
    gateways, servers = used.processes()
    for pid in gateways + servers:
        assert core_limit(pid) == ["0", "0"], pid


@pytest.fixture
def second(used):
    """A second process of the gateway, of a user that is not root: /proc shows to whom its memory belongs."""
    class Unprivileged(Process):
        def spawn(self, arguments, environment=None):
            user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
            with open(self.log_path, "ab") as log:
                self.child = subprocess.Popen(list(map(str, arguments)), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                              env={**os.environ, **environment}, start_new_session=True, **user)

    gateway = used.gateway
    config = used.world.directory / "second.toml"
    config.write_text(gateway.config.read_text().replace(f"port = {gateway.port}", "port = 0"))
    process = Unprivileged("second", used.world.directory)
    process.spawn([BUILD / "bin" / "florin", "api", "--config", config],
                  {**used.environment, "FLORIN_DATABASE_URL": gateway.application_url()})
    try:
        wait_until("it has started or ended", lambda: '"started"' in process.log() or not process.alive(), 60)
        assert process.alive(), process.log()
        yield process
    finally:
        process.terminate()
        process.kill()


def test_no_other_process_may_look_into_its_memory(used, second):
    owner = pathlib.Path(f"/proc/{second.child.pid}/environ").stat().st_uid
    runs_as = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else os.geteuid()
    assert owner == 0 != runs_as, "a process that may be dumped belongs to its user"
    assert not used.found_in("the log of the second process", second.log())
