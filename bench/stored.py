"""Fills the database of a World with payments of the past, without the gateway: some tens of thousands per second."""

import datetime
import random
import shutil

from script import ROOT

CHUNK = 51_200  # payments in one transaction: whole links
BYTES_EACH = 5_000  # of disk, with WAL and what a transaction sorts
FILL = """begin;
call bench.choose({first}, {many}, {total}, '{begins}', '{ends}');
analyze bench.made, bench.posted;
call bench.write_payments();
call bench.post();
call bench.link();
commit"""
SIZES = """
select coalesce(i.inhparent, c.oid)::regclass::text, sum(pg_table_size(c.oid))::int8, sum(pg_indexes_size(c.oid))::int8
from pg_class c left join pg_inherits i on i.inhrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
group by 1 order by sum(pg_total_relation_size(c.oid)) desc"""


class Stored:
    """`merchants`: their ids; `total` payments will lie between `months` ago and yesterday, the oldest first."""

    def __init__(self, world, merchants, total, months):
        self.world, self.total, self.count = world, total, 0
        self.ends = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        self.begins = self.ends - datetime.timedelta(days=30 * months)
        self.number_of = {merchant.removeprefix("mer_"): number for number, merchant in enumerate(merchants)}
        free = shutil.disk_usage(world.directory).free
        if free < total * BYTES_EACH:
            raise AssertionError(f"{total:,} payments need {total * BYTES_EACH / 1e9:.0f} GB of disk, "
                                 f"{free / 1e9:.0f} GB are free")
        with world.gateway.database() as database:
            database.execute((ROOT / "bench" / "stored_payments.sql").read_text())
            database.execute(f"call bench.make_months('{self.begins}')")
            for merchant, number in self.number_of.items():
                database.execute("insert into bench.merchant values (%s, %s)", [number, merchant])
            database.execute("update bench.merchant set payable = bench.account(bench.path(id))")
            database.execute("call bench.open_accounts()")

    def fill(self, count):
        """Until there are so many."""
        with self.world.gateway.database() as database:
            database.execute("set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB'")
            while self.count < count:
                many = min(CHUNK, count - self.count)
                database.execute(FILL.format(first=self.count, many=many, total=self.total, begins=self.begins, ends=self.ends))
                self.count += many
            database.execute("vacuum analyze")
            database.execute("checkpoint")

    def since(self):
        """The id before which all of these lie, and none that the gateway makes now."""
        return f"{int((self.ends.timestamp() + 3600) * 1000):012x}" + "0" * 20

    def choose(self, wanted, path):
        """Writes about so many of them, from everywhere, as florin-bench --about reads them."""
        percent = min(100, 100 * wanted / max(self.count, 1))
        with self.world.gateway.database() as database:
            rows = database.execute(f"select merchant_id::text, id::text from payments tablesample system ({percent})"
                                    f" where id < '{self.since()}'").fetchall()
        random.Random(1).shuffle(rows)
        path.write_text("".join(f"{self.number_of[merchant]} pay_{payment}\n" for merchant, payment in rows))

    def sizes(self):
        """[(table with its months, bytes of rows, bytes of indexes)], the largest first."""
        with self.world.gateway.database() as database:
            return [(name, int(rows), int(indexes)) for name, rows, indexes in database.execute(SIZES).fetchall()]
