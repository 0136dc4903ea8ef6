"""What must hold after a measurement, or its figure does not count."""

from harness.processes import wait_until


class GateFailed(Exception):
    pass


# What each acknowledged operation adds to its payment.
ADDED = ("with added as (select id, coalesce(sum(amount) filter (where operation in ('sale', 'capture')), 0) as captured,"
         " coalesce(sum(amount) filter (where operation = 'refund'), 0) as refunded,"
         " coalesce(sum(amount) filter (where operation = 'void'), 0) as voided from acknowledged group by id)")
# Everything was answered: the payments are what was acknowledged, no more and no less.
EXACT = (f"{ADDED} select count(*) from added a full join (select * from payments where id >= %(since)s) p on p.id = a.id"
         " where (p.captured, p.refunded, p.voided) is distinct from (a.captured, a.refunded, a.voided)")
# Some answers were 202 or were lost: nothing that was acknowledged is missing.
AT_LEAST = (f"{ADDED} select count(*) from added a left join payments p on p.id = a.id"
            " where p.id is null or p.captured < a.captured or p.refunded < a.refunded or p.voided < a.voided")
OF_THE_APPROVED = (" from operations o join operation_results r on r.operation_id = o.operation_id and r.attempt = o.attempt"
                   " where r.outcome = 'approved' and o.payment_id >= %(since)s and r.operation_id >= %(since)s")
APPROVED = f"select o.kind, count(*), sum(o.amount)::int8{OF_THE_APPROVED} group by o.kind"
UNANSWERED = f"select o.kind, o.payment_id, o.amount{OF_THE_APPROVED} except all select operation, id, amount from acknowledged"
ACKNOWLEDGED = "select operation, count(*), sum(amount)::int8 from acknowledged group by operation"
POSTED = ("select count(*) from (select distinct operation_id, kind from ledger_entries"
          " where operation_id >= %(since)s) j")
JOURNALS = {"sale": 1, "authorize": 1, "capture": 2, "void": 1, "refund": 1}
MOVEMENTS = {"sale": "charge", "authorize": "authorize", "capture": "capture", "void": "void", "refund": "refund"}
LEFT_OPEN = {"0", "202"}
LONGEST_SETTLING_S = 300
FIRST = "00000000-0000-0000-0000-000000000000"


def copy_acknowledged(database, acknowledged):
    database.execute("create temp table acknowledged (operation text, id uuid, amount bigint)")
    with acknowledged.open() as lines, database.cursor().copy("copy acknowledged from stdin") as copy:
        for line in lines:
            operation, payment_id, amount = line.split()
            copy.write_row((operation, payment_id[4:], amount))


def by_kind(rows):
    return {kind: (count, amount) for kind, count, amount in rows}


def gate(world, acknowledged, result, allowed=("200",), since=FIRST):
    """Acknowledged list = amounts of the payments = movements at the PSP = journals, nothing done twice; where answers may be
    missing, the acknowledged list is a part of them, once nothing is open any more, and gets the rest, so that the next
    measurement can be held to all of it. Payments with ids before `since` are not looked at."""
    unexpected = {status: count for status, count in result["statuses"].items() if status not in allowed}
    if unexpected:
        raise GateFailed(f"answers other than {', '.join(allowed)}: {unexpected}")
    if result.get("differing"):
        raise GateFailed(f"{result['differing']} repeated keys were not answered as at first")
    is_exact = not LEFT_OPEN & set(allowed)
    with world.gateway.database() as database:
        if not is_exact:
            wait_until("nothing is open", lambda: not database.execute("select count(*) from open_operations").fetchone()[0],
                       LONGEST_SETTLING_S, 0.2)
        copy_acknowledged(database, acknowledged)
        differing = database.execute(EXACT if is_exact else AT_LEAST, {"since": since}).fetchone()[0]
        known = by_kind(database.execute(ACKNOWLEDGED).fetchall())
        books = by_kind(database.execute(APPROVED, {"since": since}).fetchall())
        journals = database.execute(POSTED, {"since": since}).fetchone()[0]
        unanswered = [] if is_exact else database.execute(UNANSWERED, {"since": since}).fetchall()
    if world.simulator.duplicates():
        raise GateFailed("the simulator's truth holds a double charge")
    truth = by_kind((row["kind"], row["count"], row["amount"]) for row in world.simulator.summary()["data"])
    moved = {MOVEMENTS.get(kind, kind): sums for kind, sums in books.items()}
    posted = sum(JOURNALS.get(kind, 0) * count for kind, (count, _) in books.items())
    if differing or truth != moved or journals != posted or (is_exact and known != books):
        raise GateFailed(f"{differing} payments are not what was acknowledged; acknowledged (count, sum) {known}, in the books "
                         f"{books}, at the PSP {truth}; {journals} journals, {posted} expected")
    with acknowledged.open("a") as lines:
        lines.writelines(f"{kind} pay_{payment_id} {amount}\n" for kind, payment_id, amount in unanswered)
