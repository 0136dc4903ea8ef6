"""Keys and merchants as tests make them: by the command line, and by the admin API under an operator's key."""

import json

from harness.client import Client, new_key, request

ADMIN = "/api/v1/admin"
KEYS, MERCHANTS, AUDIT = f"{ADMIN}/keys", f"{ADMIN}/merchants", f"{ADMIN}/audit"


def made_by_cli(gateway, *arguments):
    return json.loads(gateway.cli("keys", "create", "--name", "tests", *arguments, "--json").stdout)


def client_of(gateway, key, merchant=None):
    return Client(gateway.port, key["key"], merchant=merchant, key_id=key["id"])


def operator(gateway):
    return client_of(gateway, made_by_cli(gateway, "--admin"))


def shop_admin(gateway, merchant, mode="test"):
    """A merchant's key with every scope."""
    key = made_by_cli(gateway, "--merchant", merchant, "--mode", mode, "--scopes", "read,write,refund,admin")
    return client_of(gateway, key, merchant)


def send(client, method, path, body=None, key=None):
    headers = client.headers(**({"Idempotency-Key": key or new_key()} if method == "POST" else {}))
    return request(client.port, method, path, headers, None if body is None else json.dumps(body))


def post(client, path, body=None, key=None):
    return send(client, "POST", path, {} if body is None else body, key)


def new_api_key(client, **fields):
    answer = post(client, KEYS, {"name": "made by a test", **fields})
    assert answer.status == 201, answer.text
    return answer.json()


def works(client):
    """Whether the key opens anything."""
    status = client.get("/api/v1/balance").status
    assert status in (200, 401), status
    return status == 200
