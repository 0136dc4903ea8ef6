"""HTTP as a merchant's server speaks it: a small synchronous client, and a parallel one for races and load."""

import asyncio
import dataclasses
import http.client
import json
import uuid

SALE = {"amount": 10000, "currency": "USD", "payment_method": "pm_card_visa"}
AUTHORIZATION = {**SALE, "capture": False}
recorded = []  # (method, path, status, headers, text) of every API answer, checked against the contract


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    text: str

    def json(self):
        return json.loads(self.text)

    def __getitem__(self, name):
        return self.json()[name]


def request(port, method, path, headers=None, body=None, timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body.encode() if isinstance(body, str) else body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        result = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    finally:
        connection.close()
    if path.startswith("/api/"):
        recorded.append((method, path, result))
    return result


def new_key():
    return str(uuid.uuid4())


class Client:
    """One merchant's API key."""

    def __init__(self, port, secret, merchant=None, key_id=None):
        self.port, self.secret, self.merchant, self.key_id = port, secret, merchant, key_id

    def headers(self, **more):
        return {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json", **more}

    def post(self, path, body, key=None, **headers):
        raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(self.port, "POST", path, self.headers(**{"Idempotency-Key": key or new_key(), **named}), raw)

    def get(self, path):
        return request(self.port, "GET", path, self.headers())

    def pay(self, key=None, **fields):
        return self.post("/api/v1/payments", {**SALE, **fields}, key)

    def authorize(self, key=None, **fields):
        return self.pay(key, capture=False, **fields)

    def capture(self, payment_id, key=None, **fields):
        return self.post(f"/api/v1/payments/{payment_id}/capture", fields, key)

    def void(self, payment_id, key=None):
        return self.post(f"/api/v1/payments/{payment_id}/void", {}, key)

    def refund(self, payment_id, key=None, **fields):
        return self.post(f"/api/v1/payments/{payment_id}/refund", fields, key)

    def refunds(self, payment_id):
        return self.get(f"/api/v1/payments/{payment_id}/refunds")["data"]

    def operations(self, payment_id):
        return self.get(f"/api/v1/payments/{payment_id}/operations")["data"]

    def payment(self, payment_id):
        return self.get(f"/api/v1/payments/{payment_id}")

    def settled(self, payment_id, seconds=60):
        """The payment once it is neither pending nor waiting for the payer."""
        from harness.processes import wait_until

        def done():
            payment = self.payment(payment_id).json()
            return payment if payment["status"] not in ("pending", "requires_action") else None
        return wait_until(f"{payment_id} settles", done, seconds, 0.1)

    def calm(self, seconds=60):
        """Waits until nothing is shed: what stood still is remembered for seconds, as fewer and fewer refusals of reads."""
        from harness.processes import wait_until
        wait_until("payments are taken", lambda: self.pay().status == 200, seconds, 0.1)
        wait_until("reads are taken", lambda: all(self.get("/api/v1/balance").status == 200 for _ in range(300)), seconds, 0.1)

    def pay_in_parallel(self, count, key_of, body_of=lambda n: SALE, timeout=60):
        return self.post_in_parallel(count, lambda n: "/api/v1/payments", key_of, body_of, timeout)

    def post_in_parallel(self, count, path_of, key_of, body_of, timeout=60):
        """`count` requests at once, each on a connection of its own; a list of Answers (status 0: no answer)."""
        return asyncio.run(self._parallel(count, path_of, key_of, body_of, timeout))

    async def _parallel(self, count, path_of, key_of, body_of, timeout):
        import aiohttp
        base = f"http://127.0.0.1:{self.port}"
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(timeout)) as session:
            async def one(number):
                headers = self.headers(**{"Idempotency-Key": key_of(number)})
                try:
                    async with session.post(base + path_of(number), data=json.dumps(body_of(number)), headers=headers) as answer:
                        names = {name.lower(): value for name, value in answer.headers.items()}
                        return Answer(answer.status, names, await answer.text())
                except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                    return Answer(0, {}, str(error))
            return await asyncio.gather(*(one(number) for number in range(count)))
