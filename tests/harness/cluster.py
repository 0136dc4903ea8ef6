"""Several gateways and workers on one database, any of which may die, hang and come back. The database outlives them all."""

import asyncio
import concurrent.futures
import contextlib
import json

from harness.client import Answer, Client
from harness.fail_plan import FailPlan
from harness.processes import Gateway, World, wait_until

WEBHOOK_SECRET = "whsec_of_the_tests_0123456789abcdef"
# The fastest way from a call that nobody answers to somebody else's turn.
SETTINGS = {"payments": {"answer_within_ms": 3000, "psp_deadline_ms": 10000},
            "resolver": {"requests_per_second": 1000}}
LEASE_S = 26  # the PSP deadline and the gateway's margin of 15 s
PATIENCE_S = 60


class Node(Gateway):
    """A gateway of which a test plans the failing."""

    def __init__(self, world, name, command):
        super().__init__(world.directory, world.simulator, name, command, world.gateway.settings,
                         world.gateway.application_url())
        self.plan, self.data = FailPlan(world.directory, name), world.gateway.data

    def environment(self, **more):
        return super().environment(FLORIN_STRIPE_TEST_WEBHOOK_SECRET=WEBHOOK_SECRET, **self.plan.environment(), **more)

    def restart(self):
        self.plan.disarm()
        self.kill()
        self.start()


class Cluster(World):
    """`roles` are {name: command}; each becomes a Node of that name. Time is virtual."""

    def __init__(self, roles, settings=None):
        super().__init__({**SETTINGS, **(settings or {})}, virtual=True)
        self.roles, self.nodes = roles, {}

    def __enter__(self):
        super().__enter__()
        merchant = self.gateway.merchant_client()
        self.merchant, self.secret = merchant.merchant, merchant.secret
        self.gateway.kill()  # PostgreSQL stays
        for name, command in self.roles.items():
            self.nodes[name] = Node(self, name, command).start()
        self.connection = self.gateway.database()
        return self

    def __exit__(self, *error):
        with contextlib.suppress(Exception):
            self.connection.close()
        for node in self.nodes.values():
            node.kill()
        super().__exit__(*error)

    def client(self, name):
        return Client(self.nodes[name].port, self.secret, merchant=self.merchant)

    def value(self, sql, *parameters):
        return self.connection.execute(sql, parameters).fetchone()[0]

    def open_operations(self):
        return self.value("select count(*) from open_operations")

    def settle(self, steps=200):
        """Time goes on until nothing is open; a step only when nothing happens: a jump ends what is under way."""
        patience, step, before = 0.3, 20, self.open_operations()
        for _ in range(steps):
            if not before:
                return
            with contextlib.suppress(AssertionError):
                wait_until("something is settled", lambda: self.open_operations() != before, patience)
            now = self.open_operations()
            if now == before:
                self.time.advance(step)
                patience, step = min(patience * 1.1, 5), min(step * 1.3, 600)
            before = now
        raise AssertionError(f"{before} operations are still open: {self.open_rows()}")

    def open_rows(self):
        return self.connection.execute("select operation_id, attempt, generation, tries, parked, evidence "
                                       "from open_operations limit 5").fetchall()

    def post_all(self, requests, timeout=PATIENCE_S):
        """[(node, path, body, key)] at once, each on a connection of its own; Answers (status 0: none) in their order."""
        return asyncio.run(self._post_all(requests, timeout))

    def post_while_time_goes_on(self, requests, look=0.5):
        """The same where answers wait for what is not over yet: a second passes whenever `look` has."""
        sending = self.in_background(self.post_all, requests)
        self.time.advance_until("all are answered", sending.done, step=1, limit=600, look=look)
        return sending.result()

    def in_background(self, function, *arguments):
        """A future, whose exception is its taker's."""
        pool = concurrent.futures.ThreadPoolExecutor(1)
        try:
            return pool.submit(function, *arguments)
        finally:
            pool.shutdown(wait=False)

    async def _post_all(self, requests, timeout):
        import aiohttp
        base = Client(0, self.secret)
        limits = {"timeout": aiohttp.ClientTimeout(timeout), "connector": aiohttp.TCPConnector(limit=0, force_close=True)}
        async with aiohttp.ClientSession(**limits) as session:
            async def one(node, path, body, key):
                headers = base.headers(**{"Idempotency-Key": key})
                url = f"http://127.0.0.1:{node.port}{path}"
                try:
                    async with session.post(url, data=json.dumps(body), headers=headers) as answer:
                        return Answer(answer.status, dict(answer.headers), await answer.text())
                except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                    return Answer(0, {}, str(error))
            return await asyncio.gather(*(one(*request) for request in requests))
