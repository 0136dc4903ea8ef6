"""A-28: TLS as an operator configures it. Versions, plain HTTP, names, renewal by SIGHUP, files that cannot be used."""

import contextlib
import json
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

import pytest

from harness.client import SALE, new_key
from harness.processes import Gateway, wait_until
from harness.raw_http import RawClient, check_refused, raw_payment


def make_certificate(directory, name):
    """A self-signed certificate for localhost and its key, as (certificate, key)."""
    files = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]],
                   check=True, capture_output=True)
    for file in files:
        file.chmod(0o644)
    return files


class TlsGateway(Gateway):
    """A gateway whose port speaks TLS with the files `active.crt` and `active.key` of its directory."""

    def __init__(self, simulator, **settings):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="florin-tls-", dir="/tmp"))
        directory.chmod(0o755)
        self.certificate, self.key = make_certificate(directory, "active")
        http = {"tls_certificate": str(self.certificate), "tls_key": str(self.key), **settings}
        super().__init__(directory, simulator, "tls", settings={"http": http})

    def ready(self):
        with contextlib.suppress(OSError):
            return self.ask(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        return False

    def connect(self, name="localhost", version=None, trusted=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if version:
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        if name is None:
            context.check_hostname = False
        context.load_verify_locations(trusted or self.certificate)
        plain = socket.create_connection(("127.0.0.1", self.port), 60)
        try:
            return context.wrap_socket(plain, server_hostname=name)
        except OSError:
            plain.close()
            raise

    def ask(self, data, **how):
        with self.connect(**how) as client:
            return converse(client, data)

    def renew(self, name):
        for new, active in zip(make_certificate(self.directory, name), (self.certificate, self.key)):
            shutil.copy(new, active)

    def tell_to_reload(self, said):
        begin = len(self.log())
        self.child.send_signal(signal.SIGHUP)
        wait_until("the reload is logged", lambda: said in self.log()[begin:], 60)


def converse(client, data):
    """Everything that comes back until the gateway closes."""
    client.sendall(data)
    answer = b""
    while part := client.recv(65536):
        answer += part
    return answer


def subject(client):
    return dict(pair[0] for pair in client.getpeercert()["subject"])["commonName"]


@pytest.fixture(scope="module")
def tls(world):
    gateway = TlsGateway(world.simulator)
    with gateway.started():
        yield gateway
    shutil.rmtree(gateway.directory, ignore_errors=True)


@pytest.fixture(scope="module")
def payer(tls):
    return tls.merchant_client("Payer")


def payments_of(tls, client):
    data = raw_payment(client, "Connection: close", method="GET", framing="", body=b"")
    return json.loads(tls.ask(data).partition(b"\r\n\r\n")[2])["data"]


def test_a_28_a_payment_is_made_over_tls_1_3(tls, payer):
    before = len(payments_of(tls, payer))
    with tls.connect() as client:
        assert client.version() == "TLSv1.3"
        answer = converse(client, raw_payment(payer, "Connection: close"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and json.loads(body)["amount"] == SALE["amount"]
    assert b"\r\nStrict-Transport-Security: max-age=31536000" in head
    assert len(payments_of(tls, payer)) == before + 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_28_older_versions_are_refused_with_an_alert(tls, version):
    with pytest.raises(ssl.SSLError, match="(?i)alert"):
        tls.connect(version=version)


@pytest.mark.parametrize("suite", ["TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_SHA256"])
def test_a_28_weak_suites_are_refused(tls, suite):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{tls.port}", "-tls1_3", "-ciphersuites", suite],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "handshake failure" in done.stderr


def test_a_28_a_client_without_a_server_name_is_served(tls):
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert tls.ask(request, name=None).startswith(b"HTTP/1.1 200 ")


def test_a_28_plain_http_is_refused_and_pays_nothing(tls, payer):
    before = len(payments_of(tls, payer))
    with RawClient(tls.port) as client:
        client.send(raw_payment(payer))
        answers = client.answers()
    check_refused(answers, 400)
    assert "https://" in answers[0]["detail"] and "strict-transport-security" not in answers[0].headers
    assert payer.secret not in tls.log() and len(payments_of(tls, payer)) == before


def test_a_28_half_handshakes_are_closed_and_disturb_nobody(tls, payer):
    stalled = [RawClient(tls.port) for _ in range(200)]
    try:
        for client in stalled[::2]:
            client.send(b"\x16\x03\x01\x02\x00\x01")
        assert tls.ask(raw_payment(payer, "Connection: close")).startswith(b"HTTP/1.1 200 ")
        assert [client.answers() for client in stalled] == [[]] * 200
    finally:
        for client in stalled:
            client.socket.close()


def test_a_28_a_renewed_certificate_is_taken_by_sighup_while_connections_live(tls, payer):
    before, live = subject(tls.connect()), tls.connect()
    tls.renew("renewed")
    tls.tell_to_reload(str(tls.certificate))
    wait_until("new connections see the new certificate", lambda: subject(tls.connect()) != before, 30, 0.1)
    assert converse(live, raw_payment(payer, "Connection: close")).startswith(b"HTTP/1.1 200 ")
    live.close()


def test_a_28_a_renewal_that_cannot_be_used_changes_nothing(tls):
    before = tls.certificate.read_text()
    (tls.directory / "trusted.crt").write_text(before)
    subject_before = subject(tls.connect())
    tls.certificate.write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    tls.tell_to_reload(str(tls.certificate))
    assert subject(tls.connect(trusted=tls.directory / "trusted.crt")) == subject_before
    tls.certificate.write_text(before)


@pytest.mark.parametrize("fault", ["a key of another certificate", "no such file"])
def test_a_28_files_that_cannot_be_used_stop_the_start_and_are_named(tls, world, fault):
    other = make_certificate(tls.directory, new_key())[1] if "another" in fault else tls.directory / "missing.key"
    gateway = Gateway(tls.directory, world.simulator, name="refused", command="api", database_url=tls.application_url(),
                      settings={"http": {"tls_certificate": str(tls.certificate), "tls_key": str(other)}})
    gateway.start(ready=False)
    assert gateway.child.wait(60) != 0
    assert str(other) in gateway.log()
