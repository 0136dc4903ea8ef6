"""The checker of invariants can fail: what is planted at the PSP, in the books or in the list of answers is named."""

import hashlib
import json
import urllib.parse

import pytest

from harness import invariants
from harness.client import request
from harness.processes import STRIPE_KEY, World


@pytest.fixture(scope="module")
def planted():
    """A payment that is charged twice behind Florin's back, one that was altered, and two answers that never were."""
    with World() as world:
        client = world.gateway.merchant_client()
        twice, altered = client.pay(), client.pay()
        charge_again(world.simulator, client.operations(twice["payment_id"])[0], twice["payment_id"])
        with world.gateway.database() as database:
            database.execute("set session_replication_role = replica")
            database.execute("update payments set captured = captured - 1 where id = %s", [altered["payment_id"][4:]])
        acks = world.directory / "acks.jsonl"
        acks.write_text("".join(json.dumps(row) + "\n" for row in (
            {"key": "no-such-key", "status": 200, "body_sha256": digest(twice.text), "payment_id": twice["payment_id"]},
            {"key": "no-such-key", "status": 200, "body_sha256": digest("other"), "payment_id": twice["payment_id"]})))
        invariants.wait_until_quiet(world.gateway, 60)
        broken, figures = invariants.all_promises(world, [world.gateway], acks)
        yield "\n".join(broken), figures, twice["payment_id"], altered["payment_id"]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def charge_again(simulator, operation, payment_id):
    """What no gateway may do: the same attempt under another idempotency key."""
    form = {"amount": 10000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true",
            "payment_method_types[]": "card", "capture_method": "automatic", "metadata[florin_payment]": payment_id,
            "metadata[florin_operation]": operation["operation_id"], "metadata[florin_attempt]": 1}
    answer = request(simulator.port, "POST", "/v1/payment_intents", body=urllib.parse.urlencode(form), headers={
        "Authorization": f"Bearer {STRIPE_KEY}", "Idempotency-Key": "another", "Stripe-Version": "2026-06-24.dahlia",
        "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 200, answer.text


def test_a_second_charge_is_named_by_the_books_the_truth_and_the_sums(planted):
    broken, _, twice, _ = planted
    assert f"florin verify: charged_twice {twice}" in broken
    assert f"I1 {twice} knows pi_" in broken
    assert "florin verify: conserved USD" in broken


def test_an_altered_amount_is_named_by_the_books_and_the_truth(planted):
    broken, _, _, altered = planted
    assert f"florin verify: captured {altered}: captured are 9999 USD in the books and 10000 at stripe" in broken
    assert f"I17 {altered} is captured" in broken


def test_answers_that_are_not_stored_are_named(planted):
    broken, figures, _, _ = planted
    assert "florin verify: ack_lost line 1 key no-such-key" in broken
    assert "florin verify: ack_differs key no-such-key" in broken
    assert figures["acknowledged answers"] == 2


# What breaks each invariant of the database; {payment} is a sale of 10000.
BREAKS = {
    "I3 each journal sums to zero in each currency":
        "update ledger_entries set amount = amount + 1 where line = (select min(line) from ledger_entries)",
    "I3 the whole ledger sums to zero in each currency":
        "update ledger_entries set amount = amount + 1 where line = (select min(line) from ledger_entries)",
    "I5 nothing is captured above what is held, or refunded above what was captured":
        "update payments set status = 'voided' where id = '{payment}'",
    "I6 the audit trail is one walk that ends in the payment's status":
        "update payments set status = 'refunded' where id = '{payment}'",
    "I7 nobody is forgotten: what has no result has an open row":
        "delete from operation_results r using operations o where o.operation_id = r.operation_id and o.payment_id = '{payment}'",
    "I13 each status other than pending has its audit row":
        "delete from payment_audit_log where payment_id = '{payment}'",
    "I14 nothing is open, reserved or leased":
        "update payments set refunding = 1 where id = '{payment}'",
    "I16 what failed has no approved creation":
        "update payments set status = 'failed' where id = '{payment}'",
    "I18 each balance is the sum of its entries":
        "update ledger_balances set balance = balance + 1",
    "I4": "update chain_links set hash = sha256(hash)",
}


@pytest.fixture(scope="module")
def kept():
    """A payment of which every promise is kept, and the mark that was taken then."""
    with World() as world:
        payment, watermark = world.gateway.merchant_client().pay()["payment_id"][4:], invariants.Watermark()
        invariants.wait_until_quiet(world.gateway, 60)
        with world.gateway.database() as database:
            watermark.take(database)
            assert not list(invariants.check_database(database)) + watermark.check(database)
            yield database, payment, watermark


@pytest.mark.parametrize("invariant", [*invariants.DATABASE, "I4"])
def test_each_broken_invariant_of_the_database_is_named(kept, invariant):
    database, payment, watermark = kept
    with database.transaction(force_rollback=True):
        database.execute("set local session_replication_role = replica")
        assert database.execute(BREAKS[invariant].format(payment=payment)).rowcount > 0
        found = [*invariants.check_database(database), *watermark.check(database)]
    assert any(sentence.startswith(invariant) for sentence in found), found


def test_a_list_of_answers_without_a_request_to_repeat_is_no_proof(tmp_path):
    acks = tmp_path / "acks.jsonl"
    acks.write_text('{"key": "k-0", "status": 200}\n')
    assert invariants.check_replays([], acks) == (["I8 no answer was kept with its request"], {"replays": 0})
