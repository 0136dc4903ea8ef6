"""`florin doctor`: each thing is broken once, and the doctor names it with its mend."""

import contextlib
import email.utils
import http.server
import json
import os
import resource
import subprocess
import threading
import time

import pytest

from harness.processes import BUILD, STRIPE_KEY, Gateway, World


@pytest.fixture(scope="module")
def clinic():
    """A world of its own: what is broken here must not disturb others."""
    with World() as running:
        running.gateway.merchant_client()
        yield running


@pytest.fixture
def patient(clinic):
    clinic.simulator.heal()
    return clinic.gateway


def findings(gateway, *arguments, **environment):
    done = gateway.cli("doctor", "--json", *arguments, check=False, **environment)
    answer = json.loads(done.stdout)
    assert done.returncode == (0 if answer["ok"] else 1), done.stdout
    return answer["checks"]


def finding(gateway, check, **environment):
    found = [row for row in findings(gateway, **environment) if row["check"] == check]
    return max(found, key=lambda row: ["ok", "warning", "WRONG"].index(row["health"]))


def assert_wrong(row, *parts, health="WRONG"):
    assert row["health"] == health, row
    for part in parts:
        assert part in row["detail"], row


@contextlib.contextmanager
def config_of(gateway, change):
    """The gateway's configuration, changed for a while."""
    before = gateway.config.read_text()
    gateway.config.write_text(change(before))
    try:
        yield
    finally:
        gateway.config.write_text(before)


@contextlib.contextmanager
def stripe(status=200, seconds_ahead=0):
    """A stand-in that answers everything with one status and a clock of its own."""
    class Handler(http.server.BaseHTTPRequestHandler):
        asked = []

        def date_time_string(self, timestamp=None):
            return email.utils.formatdate(time.time() + seconds_ahead, usegmt=True)

        def do_GET(self):
            self.asked.append((self.command, self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Handler.asked
    finally:
        server.shutdown()
        server.server_close()


def at(gateway, url):
    return config_of(gateway, lambda text: text.replace(gateway.simulator.url, url))


def test_a_well_gateway_has_nothing_wrong(patient):
    done = patient.cli("doctor")
    assert "WRONG" not in done.stdout
    for check in ("configuration", "disk", "descriptors", "database", "durability", "clock of the database", "schema",
                  "merchants", "keys", "pepper", "months", "backlog", "expiring", "psp stripe.test"):
        assert f" {check}: " in done.stdout, check
    assert STRIPE_KEY not in done.stdout


def test_a_psp_that_is_not_there(patient):
    with at(patient, "http://127.0.0.1:1"):
        assert_wrong(finding(patient, "psp stripe.test"), "does not answer", "Connection refused")


@pytest.mark.parametrize("status, part", [(401, "refuses our key"), (403, "lets it read no payments"), (500, "answers 500")])
def test_a_psp_that_refuses(patient, status, part):
    with stripe(status) as (url, _), at(patient, url):
        assert_wrong(finding(patient, "psp stripe.test"), part)


def test_the_psp_is_asked_one_harmless_thing_with_our_key(patient):
    with stripe() as (url, asked), at(patient, url):
        assert finding(patient, "psp stripe.test")["health"] == "ok"
    assert asked == [("GET", "/v1/payment_intents?limit=1", f"Bearer {STRIPE_KEY}")]


def test_a_webhook_secret_that_is_missing(patient):
    check, secret = "events of psp stripe.test", {"FLORIN_STRIPE_TEST_WEBHOOK_SECRET": "whsec_0123456789abcdef"}
    assert_wrong(finding(patient, check), "/psp/stripe/webhooks", health="warning")
    assert finding(patient, check, **secret)["health"] == "ok"


@pytest.mark.parametrize("ahead, health, word", [(0, "ok", "agrees"), (20, "warning", "behind"), (-3600, "WRONG", "ahead")])
def test_a_clock_that_is_wrong(patient, ahead, health, word):
    with stripe(seconds_ahead=ahead) as (url, _), at(patient, url):
        assert_wrong(finding(patient, "clock of psp stripe.test"), word, health=health)


def test_a_secret_that_is_missing(patient):
    assert_wrong(finding(patient, "configuration", FLORIN_STRIPE_TEST_KEY=""), "FLORIN_STRIPE_TEST_KEY is not set")


def test_a_pepper_that_is_gone(patient):
    assert_wrong(finding(patient, "pepper", FLORIN_PEPPER=""), "is gone", "backup")


def test_settings_that_could_lose_a_payment(patient):
    with patient.database() as database:
        database.execute("alter role florin_app set synchronous_commit = off")
        try:
            assert_wrong(finding(patient, "durability"), "synchronous_commit is off", "set synchronous_commit = on")
        finally:
            database.execute("alter role florin_app reset synchronous_commit")


def test_a_schema_that_is_not_ours(patient):
    with patient.database() as database:
        def turn_around():
            database.execute("update florin_migrations set checksum = reverse(checksum) where number = 1")
        turn_around()
        try:
            assert_wrong(finding(patient, "schema"), "put the change into a new migration")
        finally:
            turn_around()


def test_an_operation_that_waits_for_a_human(clinic, patient):
    merchant = patient.merchant_client()
    clinic.simulator.fault("drop_after_processing", operation="*")
    payment_id = merchant.authorize()["payment_id"]
    with patient.database() as database:
        parked = database.execute("update open_operations set parked = true where payment_id = %s",
                                  (payment_id.removeprefix("pay_"),))
        assert parked.rowcount == 1
        assert_wrong(finding(patient, "backlog"), "1 parked", "florin operations list")
        database.execute("update open_operations set parked = false, next_try = florin_now(), lease_until = florin_now()")
    clinic.simulator.heal()
    merchant.settled(payment_id)


def test_an_authorization_that_runs_out(patient):
    merchant = patient.merchant_client()
    payment_id = merchant.authorize(amount=1234, currency="CHF")["payment_id"]
    with patient.database() as database:
        database.execute("update held_authorizations set capture_before = florin_now() + interval '1 hour' "
                         "where payment_id = %s", (payment_id.removeprefix("pay_"),))
    assert_wrong(finding(patient, "expiring"), "12.34 CHF", "florin operations expiring", health="warning")
    assert merchant.void(payment_id).status == 200


def test_a_key_that_ends_soon(patient):
    key = json.loads(patient.cli("keys", "create", "--merchant", patient.create_merchant(), "--mode", "test", "--name",
                                 "short-lived", "--expires", "5d", "--json").stdout)
    assert_wrong(finding(patient, "keys"), key["id"], "short-lived", "florin keys rotate", health="warning")
    patient.cli("keys", "revoke", key["id"])
    assert finding(patient, "keys")["health"] == "ok"


def test_too_few_descriptors(patient):
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    doctor = [BUILD / "bin" / "florin", "doctor", "--json", "--config", patient.config]
    done = subprocess.run(["prlimit", f"--nofile={min(soft, 1000)}:1000", *doctor], capture_output=True, text=True,
                          env={**os.environ, **patient.environment()}, timeout=60)
    rows = json.loads(done.stdout)["checks"]
    assert_wrong(next(row for row in rows if row["check"] == "descriptors"), "may open 1000 files", "LimitNOFILE",
                 health="warning")


def certificate(directory, name, days):
    """A self-signed one that ends in so many days."""
    paths = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=localhost", "-days", str(days), "-out", paths[0], "-keyout", paths[1]], check=True,
                   capture_output=True)
    return paths


def with_certificate(gateway, files):
    lines = f'[http]\ntls_certificate = "{files[0]}"\ntls_key = "{files[1]}"\n'
    return config_of(gateway, lambda text: text.replace("[http]\n", lines))


@pytest.mark.parametrize("days, health, part", [(100, "ok", "valid until"), (5, "warning", "renew it, then send SIGHUP"),
                                                (-1, "WRONG", "expired at")])
def test_a_certificate_that_ends(patient, tmp_path, days, health, part):
    files = certificate(tmp_path, "own", days) if days > 0 else expired(tmp_path)
    with with_certificate(patient, files):
        assert_wrong(finding(patient, "certificate"), part, health=health)


def expired(directory):
    own = certificate(directory, "past", 1)
    request = directory / "past.csr"
    subprocess.run(["openssl", "req", "-new", "-key", own[1], "-subj", "/CN=localhost", "-out", request], check=True,
                   capture_output=True)
    (directory / "index").touch()
    (directory / "serial").write_text("01\n")
    settings = directory / "ca.cnf"
    settings.write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={directory}/index\nserial={directory}/serial\n"
                        f"new_certs_dir={directory}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
    subprocess.run(["openssl", "ca", "-batch", "-selfsign", "-config", settings, "-keyfile", own[1], "-in", request, "-out",
                    own[0], "-startdate", "20200101000000Z", "-enddate", "20200201000000Z"], check=True, capture_output=True)
    return own


def test_a_certificate_of_another_key(patient, tmp_path):
    one, other = certificate(tmp_path, "one", 100), certificate(tmp_path, "other", 100)
    with with_certificate(patient, (one[0], other[1])):
        assert_wrong(finding(patient, "certificate"), "is not the key of")


def test_a_database_that_is_not_there(clinic, tmp_path):
    other = Gateway(tmp_path, clinic.simulator, name="other", database_url="postgresql://florin_app@127.0.0.1:1/florin")
    other.write_config()
    assert_wrong(finding(other, "database"), "is PostgreSQL running")


def test_an_installation_without_merchants_says_how_to_make_one():
    with World() as fresh:
        assert_wrong(finding(fresh.gateway, "merchants"), "florin merchants create")
        assert_wrong(finding(fresh.gateway, "keys"), "florin keys create")
