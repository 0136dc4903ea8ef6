"""The world of the crash matrix: `first` is cut, `second` goes on, `worker` resolves, webhooks wait until they are wanted."""

from harness.cluster import WEBHOOK_SECRET, Cluster


class MatrixWorld(Cluster):
    def __init__(self, idempotency, repeats_are_safe=True):
        settings = {} if repeats_are_safe else {"stripe": {"stores_errors": False}}
        super().__init__({"first": "api", "second": "api", "worker": "worker"}, settings)
        self.idempotency, self.known_duplicates = idempotency, []
        self.heard = 0  # operations that an event settled

    def __enter__(self):
        super().__enter__()
        self.first, self.second, self.worker = self.nodes.values()
        self.simulator.settings(idempotency=self.idempotency, webhook_hold=True, webhook_secret=WEBHOOK_SECRET,
                                webhook_url=f"http://127.0.0.1:{self.second.port}/psp/stripe/webhooks")
        return self

    def payment_of_key(self, key):
        row = self.connection.execute("select payment_id from idempotency_keys where key = %s", (key,)).fetchone()
        return f"pay_{row[0]}" if row else None
