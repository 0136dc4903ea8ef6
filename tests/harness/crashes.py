"""What tests of crashes share: a process that dies at a named point, leases that end, and what must hold afterwards."""

import contextlib
import http.client

from harness.processes import wait_until


@contextlib.contextmanager
def dies_at(gateway, point, *more):
    """Starts it so that it kills itself at the point ("name@hit"), and ends when it has."""
    name, hit = point.split("@")
    begin = len(gateway.log())
    gateway.start(FLORIN_FAIL=",".join([f"{name}=crash@{hit}", *more]))
    yield
    wait_until(f"{gateway.name} died at {point}", lambda: not gateway.alive(), 60)
    assert f'"name":"{name}","hit":{hit},"action":"crash"' in gateway.log()[begin:], "the fault never fired"


def send(request):
    """A request whose answer may be cut off."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        request()


def end_leases(gateway):
    """As if the time had passed that the dead one's leases still have."""
    with gateway.database() as database:
        database.execute("update open_operations set lease_until = florin_now(), next_try = florin_now()")


def wait_until_nothing_is_open(gateway):
    with gateway.database() as database:
        wait_until("nothing is open",
                   lambda: database.execute("select count(*) from open_operations").fetchone()[0] == 0, 60, 0.1)


def charges(simulator, payment):
    return [row for row in simulator.truth(payment["payment_id"]) if row["captured"]]


def legs(client, payment):
    """What each account got of the payment: debits are positive."""
    rows = client.get(f"/api/v1/payments/{payment['payment_id']}/ledger").json()["data"]
    return [row["amount"] if row["entry_type"] == "debit" else -row["amount"] for row in rows]


def check_books(world):
    assert not world.simulator.duplicates()
    verified = world.gateway.verify()
    assert verified.returncode == 0, verified.stdout + verified.stderr
