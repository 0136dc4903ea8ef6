"""The group commit alone, without HTTP, PSP and routing: the gateway's own store, driven by `florin-bench store`, in a database
of its own on the server of a World."""

from accounting import Costs
from gate import GateFailed
from harness.processes import Gateway
from load import result_of, start_generator, verify

NAME = "store"


class StoreAlone:
    def __init__(self, world, merchants, in_flight, seconds):
        self.world, self.in_flight, self.seconds = world, in_flight, seconds
        with world.gateway.database() as database:
            database.execute(f"create database {NAME} owner florin_owner")
        self.gateway = Gateway(world.directory, world.simulator, NAME, "api", database_url=self.url("florin_app"))
        self.gateway.write_config()
        self.gateway.cli("migrate", FLORIN_DATABASE_OWNER_URL=self.url("florin_owner"))
        self.merchants = world.directory / "store-merchants.txt"
        self.merchants.write_text("".join(self.gateway.create_merchant(f"Store {number}") + "\n" for number in range(merchants)))
        self.address = world.directory / "store-url.txt"
        self.address.touch(0o600)
        self.address.write_text(self.url("florin_app") + "\n")

    def url(self, role):
        data = self.world.gateway.data
        return f"postgresql://{role}:{(data / 'secrets' / role).read_text().strip()}@/{NAME}?host={data}/socket"

    def counts(self):
        """Results and links, which are the batches that ended them."""
        import psycopg
        with psycopg.connect(self.url("postgres")) as database:
            return database.execute("select (select count(*) from operation_results where outcome = 'approved'),"
                                    " (select count(*) from chain_links)").fetchone()

    def run(self):
        costs, before = Costs(self.world, NAME), self.counts()
        result = result_of(start_generator("store", "--url", self.address, "--merchants", self.merchants, "--in-flight",
                                           self.in_flight, "--seconds", self.seconds))
        results, links = (after - earlier for after, earlier in zip(self.counts(), before))
        if results != result["all_payments"]:
            raise GateFailed(f"the store acknowledged {result['all_payments']} payments, {results} are stored")
        result["costs"] = {**costs.since_then(results), "batch": {"settle": round(results / max(links, 1), 1)}}
        return result

    def verify(self):
        verify(self.gateway)
