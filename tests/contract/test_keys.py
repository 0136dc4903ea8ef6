"""A-12: what a key is good for, and when it is not any more, on every process of a gateway."""

import concurrent.futures
import json
import time

import pytest

from harness.admin import KEYS, client_of, made_by_cli, new_api_key, operator, post, shop_admin, works
from harness.client import SALE, Client, new_key, request
from harness.processes import Gateway, wait_until


@pytest.fixture(scope="module")
def shop(world):
    return shop_admin(world.gateway, world.gateway.create_merchant("Shop"))


@pytest.fixture(scope="module")
def two_processes(world):
    """Two `florin api` on the database of the running gateway."""
    pair = [Gateway(world.gateway.directory, world.simulator, name, "api", database_url=world.gateway.application_url())
            for name in ("api-1", "api-2")]
    with pair[0].started(), pair[1].started():
        yield pair


def made_for(gateway, shop, *arguments):
    return client_of(gateway, made_by_cli(gateway, "--merchant", shop.merchant, *arguments), shop.merchant)


def refused(client):
    answer = client.get("/api/v1/balance")
    assert (answer.status, answer["code"]) == (401, "unauthenticated"), answer.text
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.pay().status == 401
    return True


def test_a_12_a_key_that_expires_works_until_then(gateway, shop):
    client = made_for(gateway, shop, "--expires", "3s")
    wait_until("it ended", lambda: not works(client), 30, 0.1)
    assert refused(client)
    shown = json.loads(gateway.cli("keys", "show", client.key_id, "--json").stdout)
    assert shown["expires_at"] and not shown["revoked_at"]
    assert "expired" in gateway.cli("keys", "show", client.key_id).stdout
    assert works(made_for(gateway, shop, "--expires", "90d")), "and one that ends later works"


@pytest.mark.parametrize("by", ["api", "cli"])
def test_a_12_a_revoked_key_is_refused_within_5_s_on_every_process(gateway, shop, two_processes, by):
    client = made_for(gateway, shop)
    everywhere = [Client(process.port, client.secret) for process in (gateway, *two_processes)]
    assert all(works(other) for other in everywhere), "every process knows the key now"
    if by == "api":
        assert post(Client(two_processes[0].port, shop.secret), f"{KEYS}/{client.key_id}/revoke").status == 200
    else:
        gateway.cli("keys", "revoke", client.key_id)
    begun = time.monotonic()
    for other in everywhere:
        wait_until("it is refused", lambda: not works(other), 30, 0.05)
    assert time.monotonic() - begun < 5
    assert all(refused(other) for other in everywhere)


def test_a_12_a_rotated_key_works_until_its_overlap_ends(gateway, shop):
    old = made_for(gateway, shop)
    made = post(shop, f"{KEYS}/{old.key_id}/rotate", {"overlap_seconds": 4})
    assert made.status == 201 and made["id"] != old.key_id, made.text
    new = client_of(gateway, made.json(), shop.merchant)
    assert works(new) and works(old), "both work during the overlap"
    wait_until("the old one ended", lambda: not works(old), 30, 0.1)
    assert refused(old) and works(new)
    row = shop.get(f"{KEYS}/{old.key_id}").json()
    assert row["replaced_by"] == new.key_id and row["revoked_at"] is None


def test_a_12_a_key_that_leaked_is_rotated_without_an_overlap(gateway, shop):
    old = made_for(gateway, shop)
    assert works(old)
    made = json.loads(gateway.cli("keys", "rotate", old.key_id, "--overlap", "0", "--json").stdout)
    assert works(client_of(gateway, made))
    wait_until("the old one ended", lambda: not works(old), 30, 0.05)
    again = gateway.cli("keys", "rotate", old.key_id, check=False)
    assert again.returncode == 1 and made["id"] in again.stderr, "it says which key to rotate"


@pytest.mark.parametrize("wrong", [
    lambda secret: secret.replace("sk_test_", "sk_live_"), lambda secret: secret.replace("sk_test_", "pk_test_"),
    lambda secret: secret.replace("sk_test_", "sk_admin_"), lambda secret: secret[8:], lambda secret: secret + "x",
    lambda secret: secret[:-1], lambda secret: secret.swapcase(), lambda secret: secret[:-1] + "-",
], ids=["live", "public", "admin", "none", "longer", "shorter", "other case", "hyphen"])
def test_a_12_a_key_under_another_prefix_or_spelling_is_nobody(gateway, shop, wrong):
    assert refused(Client(gateway.port, wrong(shop.secret)))


@pytest.mark.parametrize("target", ["?key={}", "?api_key={}", "?access_token={}", "?Authorization=Bearer%20{}", "/{}", "?{}"])
def test_a_12_a_key_in_the_url_is_never_looked_at_and_never_logged(gateway, shop, target):
    path = "/api/v1/payments" + target.format(shop.secret)
    assert request(gateway.port, "GET", path).status == 401
    assert request(gateway.port, "GET", path, shop.headers()).status in (400, 404)
    assert shop.secret not in gateway.log() and shop.secret[8:] not in gateway.log()


def test_a_12_the_keys_of_a_closed_merchant_are_refused_until_it_is_reopened(gateway, two_processes):
    merchant = gateway.merchant_client("Closing")
    payment = merchant.authorize()["payment_id"]
    elsewhere = Client(two_processes[1].port, merchant.secret)
    assert works(elsewhere)
    gateway.cli("merchants", "close", merchant.merchant)
    begun = time.monotonic()
    for client in (merchant, elsewhere):
        wait_until("it is refused", lambda: not works(client), 30, 0.05)
    assert time.monotonic() - begun < 5
    assert refused(merchant)
    made = gateway.cli("keys", "create", "--merchant", merchant.merchant, "--name", "x", check=False)
    assert made.returncode == 1 and "reopen" in made.stderr
    gateway.cli("merchants", "reopen", merchant.merchant)
    wait_until("it works again", lambda: works(merchant), 30, 0.05)
    assert merchant.capture(payment).status == 200, "what was authorized is still there"


def test_a_12_an_operators_key_charges_nobody(gateway):
    key = operator(gateway)
    for answer in (key.pay(), key.get("/api/v1/payments"), key.get("/api/v1/balance"),
                   key.refund("pay_00000000-0000-7000-8000-000000000000")):
        assert (answer.status, answer["code"]) == (403, "forbidden"), answer.text


def test_a_12_a_key_of_the_other_mode_sees_nothing_of_this_one(gateway, shop):
    payment = shop.pay()["payment_id"]
    live = shop_admin(gateway, shop.merchant, "live")
    assert live.payment(payment).status == 404 and shop.payment(payment).status == 200


def test_a_11_a_read_only_key_changes_nothing(gateway, shop):
    reader = client_of(gateway, new_api_key(shop, scopes=["read"]), shop.merchant)
    payment = shop.authorize()["payment_id"]
    assert reader.payment(payment).status == 200
    for answer in (reader.pay(), reader.capture(payment), reader.void(payment), reader.refund(payment),
                   post(reader, KEYS, {"name": "x"}), post(reader, f"{KEYS}/{shop.key_id}/revoke")):
        assert (answer.status, answer["code"]) == (403, "forbidden"), answer.text
    assert shop.payment(payment)["status"] == "authorized" and works(shop)


def test_the_last_use_of_a_key_appears(gateway, shop):
    made = new_api_key(shop)
    assert made["last_used_at"] is None
    client = client_of(gateway, made)
    assert works(client)
    row = wait_until("its use is written", lambda: (row := shop.get(f"{KEYS}/{made['id']}").json())["last_used_at"] and row)
    assert row["last_used_at"] >= made["created_at"][:16]
    assert f"last used {row['last_used_at']}" in gateway.cli("keys", "show", made["id"]).stdout


def test_a_12_a_key_that_is_revoked_in_the_middle_of_a_payment_leaves_no_half_of_it(gateway, shop, simulator):
    client, key = made_for(gateway, shop), new_key()
    simulator.settings(latency={"kind": "fixed", "mean_ms": 2000})
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            paying = pool.submit(client.pay, key)
            wait_until("the payment has begun", lambda: shop.get("/api/v1/payments?limit=1&status=pending").json()["data"], 30)
            gateway.cli("keys", "revoke", client.key_id)
            paid = paying.result()
    finally:
        simulator.settings(latency={"kind": "none"})
    assert paid.status == 200 and shop.payment(paid["payment_id"])["status"] == "captured", paid.text
    wait_until("it is refused", lambda: not works(client), 30, 0.05)
    assert shop.post("/api/v1/payments", SALE, key).headers["idempotent-replayed"] == "true", "the promise is the merchant's"
