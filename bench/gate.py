"""What must hold after a measurement, or its figure does not count."""


class GateFailed(Exception):
    pass


# What each acknowledged operation adds to its payment, and the journals that it posts.
ADDED = ("with added as (select id, sum(amount) filter (where operation in ('sale', 'capture')) as captured,"
         " coalesce(sum(amount) filter (where operation = 'refund'), 0) as refunded from acknowledged group by id)")
JOURNALS = {"sale": 1, "authorize": 1, "capture": 2, "refund": 1}
MOVEMENTS = {"sale": "charge", "authorize": "authorize", "capture": "capture", "refund": "refund"}


def gate(world, acknowledged, result, allowed=("200",)):
    """Acknowledged list = amounts of the payments = movements at the PSP = journals, nothing done twice."""
    unexpected = {status: count for status, count in result["statuses"].items() if status not in allowed}
    if unexpected:
        raise GateFailed(f"answers other than {', '.join(allowed)}: {unexpected}")
    if world.simulator.duplicates():
        raise GateFailed("the simulator's truth holds a double charge")
    with world.gateway.database() as database:
        database.execute("create temp table acknowledged (operation text, id uuid, amount bigint)")
        with acknowledged.open() as lines, database.cursor().copy("copy acknowledged from stdin") as copy:
            for line in lines:
                operation, payment_id, amount = line.split()
                copy.write_row((operation, payment_id[4:], amount))
        differing = database.execute(
            f"{ADDED} select count(*) from added a full join payments p on p.id = a.id"
            " where (p.captured, p.refunded) is distinct from (a.captured, a.refunded)").fetchone()[0]
        known = {operation: (count, amount) for operation, count, amount in database.execute(
            "select operation, count(*), sum(amount)::int8 from acknowledged group by operation").fetchall()}
        journals = database.execute(
            "select count(*) from (select distinct operation_id, kind from ledger_entries) j").fetchone()[0]
    truth = {row["kind"]: (row["count"], row["amount"]) for row in world.simulator.summary()["data"]}
    expected = {MOVEMENTS[operation]: sums for operation, sums in known.items()}
    posted = sum(JOURNALS[operation] * count for operation, (count, _) in known.items())
    if differing or truth != expected or journals != posted:
        raise GateFailed(f"{differing} payments are not what was acknowledged; acknowledged (count, sum) {known}, at the PSP "
                         f"{truth}; {journals} journals, {posted} expected")


def make_keys(world, count, path):
    secrets = [world.gateway.merchant_client(f"Bench {number}").secret for number in range(count)]
    path.write_text("\n".join(secrets) + "\n")
    path.chmod(0o600)
