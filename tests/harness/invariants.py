"""The invariants I1…I8, I13…I18 from outside, after everything is healed and quiet.

Three witnesses that know nothing of each other: `florin verify --deep` (the books recomputed, the PSP read through its adapter,
the list of acknowledged answers), the simulator's own truth, and the database asked directly. Each broken promise is a sentence.
"""

import dataclasses
import hashlib
import json
import os
import subprocess
import time

from harness.processes import BUILD, wait_until

# Each statement selects a sentence for every row that breaks the invariant.
DATABASE = {
    "I3 each journal sums to zero in each currency": """
        select format('op_%s journal %s in %s: %s', operation_id, kind, currency, sum(amount)) from ledger_entries
        group by operation_id, kind, currency having sum(amount) <> 0""",
    "I3 the whole ledger sums to zero in each currency": """
        select format('%s: %s', currency, sum(amount)) from ledger_entries group by currency having sum(amount) <> 0""",
    "I5 nothing is captured above what is held, or refunded above what was captured": """
        select format('pay_%s', id) from payments
        where captured + voided + expired > authorized or refunded > captured or least(captured, voided, refunded, authorized) < 0
           or status = 'voided' and captured > 0""",
    "I6 the audit trail is one walk that ends in the payment's status": """
        select format('pay_%s: %s after %s', payment_id, change, coalesce(before, 'nothing'))
        from (select payment_id, change::text, lag(split_part(change, '>', 2), 1, 'pending')
                     over (partition by payment_id order by sequence) as before from payment_audit_log) a
        where split_part(change, '>', 1) <> before
        union all
        select format('pay_%s is %s, its audit says %s', p.id, p.status, a.last)
        from payments p join (select distinct on (payment_id) payment_id, split_part(change, '>', 2) as last
                              from payment_audit_log order by payment_id, sequence desc) a on a.payment_id = p.id
        where a.last <> p.status""",
    "I7 nobody is forgotten: what has no result has an open row": """
        select format('pay_%s op_%s-%s', o.payment_id, o.operation_id, o.attempt) from operations o
        left join operation_results r using (operation_id, attempt)
        left join open_operations n on n.operation_id = o.operation_id and n.attempt = o.attempt
        where r.operation_id is null and n.operation_id is null""",
    "I13 each status other than pending has its audit row": """
        select format('pay_%s is %s', p.id, p.status) from payments p
        where p.status <> 'pending' and not exists (select from payment_audit_log a where a.payment_id = p.id)""",
    "I14 nothing is open, reserved or leased": """
        select format('op_%s-%s %s, %s tries: %s', operation_id, attempt, kind, tries, evidence) from open_operations
        union all select format('pay_%s reserves', id) from payments where capturing + refunding + voiding <> 0""",
    "I16 what failed has no approved creation": """
        select format('pay_%s', p.id) from payments p join operations o on o.payment_id = p.id
        join operation_results r using (operation_id, attempt)
        where p.status = 'failed' and o.kind in ('sale', 'authorize') and r.outcome = 'approved'""",
    "I18 each balance is the sum of its entries": """
        select format('account %s writer %s', account_id, writer) from ledger_balances b
        full join (select account_id, writer, sum(amount) as balance from ledger_entries group by 1, 2) e
        using (account_id, writer) where coalesce(b.balance, 0) <> coalesce(e.balance, 0)""",
}
RESIDENT_MIB, DESCRIPTORS = 1536, 4000
SHOWN = 5  # sentences of each kind


def heal(world, gateways):
    """Nobody misbehaves any more; whoever died is started."""
    if not world.simulator.alive():
        world.simulator.start()
    world.simulator.heal()
    world.simulator.settings(read_lag_ms=0, latency={"kind": "none"}, authorization_life_ms=0)

    def is_ready(gateway):
        # One that finds the database in recovery ends; whoever supervises it starts it again.
        if not gateway.alive():
            gateway.start(ready=False)
        return gateway.ready()
    for gateway in gateways:
        wait_until(f"{gateway.name} is ready again", lambda one=gateway: is_ready(one), 120, 0.2)


def wait_until_empty(database, rows, meanwhile="select", seconds=180):
    """Until "<table> [where …]" has no row."""
    def is_empty():
        database.execute(meanwhile)
        return not database.execute(f"select exists (select from {rows})").fetchone()[0]
    try:
        wait_until(f"{rows} is empty", is_empty, seconds, 0.5)
    except AssertionError as late:
        left = database.execute(f"select count(*) over (), row_to_json(r)::text from (select * from {rows}) r limit 5").fetchall()
        raise AssertionError(f"{late}; of {left[0][0] if left else 0} rows: {[row[1] for row in left]}") from None


def hurry(queue, key, when, condition):
    """Due now, once; what a worker has in its hands is left alone, as whoever waits for two rows in another order may deadlock,
    and what is due is left to the workers: of thousands they would find none that is not locked."""
    return (f"update {queue} set {when} = florin_now() where {key} in (select {key} from {queue} where ({condition})"
            f" and {when} > florin_now() for update skip locked)")


def wait_until_quiet(gateway, seconds=180):
    """Nothing is open, held past its time or charged twice, no event waits, no change is younger than any clock's error."""
    began = time.monotonic()
    with gateway.database() as database:
        wait_until_empty(database, "open_operations", seconds=seconds)
        # What was busy when its time came is looked at again after ten minutes: as if they had passed.
        wait_until_empty(database, "held_authorizations where capture_before < florin_now()",
                         hurry("held_authorizations", "payment_id", "next_look", "capture_before < florin_now()"), seconds)
        if database.execute("select to_regclass('open_psp_events') is not null").fetchone()[0]:
            wait_until_empty(database, "open_psp_events where not parked",
                             hurry("open_psp_events", "id", "next_try", "not parked"), seconds)
        wait_until_empty(database, "standing_late_charges", seconds=seconds)
        # What gives a late charge back may have to be tried again.
        wait_until_empty(database, "standing_late_charges",
                         hurry("standing_late_charges", "operation_id", "next_look", "true"), seconds)
        wait_until_empty(database, "open_operations", seconds=seconds)
        wait_until("the last change is six seconds ago", lambda: database.execute(
            "select coalesce(max(updated_at) < florin_now() - interval '6 s', true) from payments").fetchone()[0], 30, 0.5)
    return time.monotonic() - began


class Watermark:
    """I4: what stood in the books at a moment stands there for ever."""

    QUERY = "select writer, link, hash from chain_links order by created_at desc limit 500"

    def __init__(self):
        self.links = {}

    def take(self, database):
        for writer, link, digest in database.execute(self.QUERY):
            self.links.setdefault((writer, link), digest)

    def check(self, database):
        stored = dict(((writer, link), digest) for writer, link, digest in
                      database.execute("select writer, link, hash from chain_links"))
        return [f"I4 link {link} of writer {writer} is gone or another one" for (writer, link), digest in self.links.items()
                if stored.get((writer, link)) != digest]


@dataclasses.dataclass
class Charge:
    """One object at the PSP, as the truth has it."""
    amount: int = 0
    is_held: bool = False
    captured: int = 0
    refunded: int = 0

    def add(self, row):
        kind = row["kind"]
        if kind in ("charge", "authorize"):
            self.amount, self.is_held = row["amount"], row["status"] == "authorized"
        if kind in ("charge", "capture"):
            self.captured += row["captured"]
        if kind == "refund":
            self.refunded += row["refunded"]

    @property
    def held(self):
        return self.amount - self.captured if self.is_held else 0

    @property
    def stands(self):
        return self.held > 0 or self.captured > self.refunded


def truth_of_all(simulator):
    charges, operations, after, count = {}, {}, 0, 0
    while after is not None:
        page = simulator.call("GET", f"/_simulator/truth?after={after}&limit=5000")
        after = page["next"]
        for row in page["data"]:
            count += 1
            charges.setdefault(row["payment_id"], {}).setdefault(row["payment_intent"], Charge()).add(row)
            if row["operation_id"] and row["kind"] in ("capture", "refund") and row["status"] != "failed":
                operations.setdefault((row["kind"], row["operation_id"]), []).append(row["id"])
    return charges, operations, count


def check_truth(simulator, database):
    """I1, I16, I17 and the amounts of every payment, from what the PSP really did."""
    charges, operations, count = truth_of_all(simulator)
    broken = [f"I1 executed twice: {kind} of {operation}: {ids}" for (kind, operation), ids in operations.items() if len(ids) > 1]
    totals = {}
    for row in database.execute("select id, psp_reference, status, currency, authorized - captured - voided - expired, captured,"
                                " refunded, coalesce(capture_before < florin_now(), false) from payments"):
        broken += check_payment(charges.pop(f"pay_{row[0]}", {}), *row)
        total = totals.setdefault(row[3], [0, 0])
        total[0], total[1] = total[0] + row[5], total[1] + row[6]
    broken += [f"I1 the PSP knows {payment}, the books do not: {known}" for payment, known in charges.items()]
    return broken, {"truth_rows": count, "captured_refunded": totals}


def check_payment(charges, payment, reference, status, _currency, held, captured, refunded, is_past):
    standing = [name for name, charge in charges.items() if charge.stands]
    if status == "failed":
        if standing:
            yield f"I16 pay_{payment} is failed and {charges} stands"
        return
    beside = [name for name in standing if name != reference]
    if beside:
        yield f"I1 pay_{payment} knows {reference}, and {beside} stand beside it"
    really = charges.get(reference, Charge())
    lapsed = is_past and really.held == 0
    if (really.captured, really.refunded) != (captured, refunded) or really.held != held and not lapsed:
        yield f"I17 pay_{payment} is {status}: held, captured and refunded are {(held, captured, refunded)}, in truth {really}"


def check_database(database):
    for invariant, statement in DATABASE.items():
        rows = database.execute(statement).fetchmany(SHOWN)
        yield from (f"{invariant}: {row[0]}" for row in rows)


def check_bounds(gateways):
    """I15 at the end; growth is the business of the soak tests."""
    for gateway in gateways:
        with open(f"/proc/{gateway.child.pid}/status") as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) // 1024
        descriptors = len(os.listdir(f"/proc/{gateway.child.pid}/fd"))
        if resident > RESIDENT_MIB or descriptors > DESCRIPTORS:
            yield f"I15 {gateway.name} has {resident} MiB and {descriptors} descriptors"


def check_replays(clients, acks, most=300):
    """I2 and I8 through the API: what was answered is answered again with the same bytes. The sample is what the clients
    kept with its request."""
    broken, replayed = [], 0
    with open(acks) as lines:
        for line in lines:
            if '"path"' not in line or replayed >= most:
                continue
            ack = json.loads(line)
            client = clients[int(ack["key"].split("-")[1]) % len(clients)]
            again = client.post(ack["path"], ack["request"], ack["key"])
            digest = hashlib.sha256(again.text.encode()).hexdigest()
            replayed += 1
            if (again.status, digest) != (ack["status"], ack["body_sha256"]):
                broken.append(f"I8 key {ack['key']} was answered with {ack['status']} and now with {again.status} {again.text}")
            if again.headers.get("idempotent-replayed") != "true":
                broken.append(f"I8 key {ack['key']} was executed again: {again.text}")
    return broken if replayed else ["I8 no answer was kept with its request"], {"replays": replayed}


def verify_deep(gateway, acks=None, since=None):
    """What `florin verify --deep` finds or does not compare, as everything must be quiet; and what it counted."""
    more = (["--acks", str(acks)] if acks else []) + (["--since", since] if since else [])
    done = subprocess.run([BUILD / "bin" / "florin", "verify", "--deep", "--json", "--pages-per-second", "100000", *more,
                           "--config", gateway.config], capture_output=True, text=True, timeout=3600,
                          env={**os.environ, **gateway.environment()})
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return [f"florin verify --deep: {done.returncode} {done.stdout} {done.stderr[-2000:]}"], {}
    broken = [f"florin verify: {row['check']} {row['row']}: {row['detail']}" for row in report["findings"]]
    broken += [f"florin verify: did not compare {row['payment_id']}: {row['what']}" for row in report["open"]]
    broken += [f"florin verify: {count} {what}" for what, count in report["counted"].items()
               if what in ("open", "changed meanwhile") and count]
    return broken, report["counted"]


def all_promises(world, gateways, acks=None, clients=(), watermark=None):
    """(sentences, figures). Heal and wait first."""
    first = gateways[0]
    broken, figures = verify_deep(first, acks)
    with first.database() as database:
        more, truth = check_truth(world.simulator, database)
        broken += more
        broken += check_database(database)
        broken += watermark.check(database) if watermark else []
    broken += check_bounds(gateways)
    replayed, replays = check_replays(clients, acks) if acks and clients else ([], {})
    return broken + replayed, {**figures, **truth, **replays}
