"""The quick try: `florin pay` and its friends at a running gateway."""

import json
import os
import re
import subprocess

import pytest

from harness.processes import BUILD


@pytest.fixture
def florin(gateway, merchant):
    def run(*arguments, secret=merchant.secret):
        environment = {"FLORIN_URL": f"http://127.0.0.1:{gateway.port}", "FLORIN_SECRET_KEY": secret}
        done = subprocess.run([BUILD / "bin" / "florin", *arguments], capture_output=True, text=True, timeout=100,
                              env={**os.environ, **environment})
        assert merchant.secret not in done.stdout + done.stderr
        return done
    return run


def paid(florin, *arguments):
    done = florin("pay", "--amount", "10.00", "--currency", "EUR", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["answer"]["payment_id"]


def test_a_payment_in_one_line(florin, merchant):
    done = florin("pay", "--amount", "10.50", "--currency", "EUR")
    assert done.returncode == 0, done.stderr
    payment_id = re.search(r"^captured\s+10\.50 EUR  (pay_\S+)", done.stdout)[1]
    assert merchant.payment(payment_id)["amount"] == 1050


def test_a_repeat_with_the_printed_key_pays_once(florin, merchant):
    first = florin("pay", "--amount", "7", "--currency", "EUR")
    key = re.search(r"--key (\S+)", first.stderr)[1]
    again = florin("pay", "--amount", "7", "--currency", "EUR", "--key", key)
    assert first.stdout == again.stdout and again.returncode == 0
    assert len(merchant.get("/api/v1/payments")["data"]) == 1


def test_authorize_capture_a_part_void_and_refund(florin):
    payment_id = paid(florin, "--no-capture")
    captured = florin("capture", payment_id, "--amount", "7.50")
    assert captured.returncode == 0 and "captured 7.50 EUR  released 2.50 EUR" in captured.stdout, captured.stdout
    refunded = florin("refund", payment_id, "--amount", "2.50")
    assert refunded.returncode == 0 and "refunded 2.50 EUR" in refunded.stdout
    held = paid(florin, "--no-capture")
    assert "released 10.00 EUR" in florin("void", held).stdout


def test_a_payment_is_shown_with_its_operations_and_a_ledger_that_balances(florin):
    payment_id = paid(florin)
    text = florin("payments", "show", payment_id).stdout
    assert re.search(r"^operations\n  \S+  sale +10\.00 EUR  approved +op_", text, re.M), text
    assert re.search(r"^ledger\n  debit +\S+ EUR  test:psp:stripe:", text, re.M) and ":payable:EUR" in text, text
    shown = json.loads(florin("payments", "show", payment_id, "--json").stdout)
    signs = {"debit": 1, "credit": -1}
    assert sum(signs[row["entry_type"]] * row["amount"] for row in shown["ledger"]) == 0
    assert shown["operations"][0]["kind"] == "sale"


def test_the_list_goes_page_by_page(florin):
    ids = [paid(florin) for _ in range(3)]
    first = florin("payments", "list", "--limit", "2").stdout
    assert [line.split()[3] for line in first.splitlines()[:2]] == ids[:0:-1]
    after = re.search(r"--starting-after (\S+)", first)[1]
    assert ids[0] in florin("payments", "list", "--starting-after", after).stdout


@pytest.mark.parametrize("arguments, code, sentence", [
    (["pay", "--amount", "10.00", "--currency", "EUR", "--method", "pm_card_visa_chargeDeclined"], 1, "(402, payment_declined)"),
    (["pay", "--amount", "10.00", "--currency", "JPY"], 2, "an amount in JPY looks like 1050"),
    (["pay", "--amount", "10,00", "--currency", "EUR"], 2, "an amount in EUR looks like 10.50"),
    (["refund", "pay_00000000-0000-7000-8000-000000000000"], 1, "(404, not_found)"),
    (["capture", "pay_../../x"], 2, "PAYMENT must be pay_"),
])
def test_what_goes_wrong_is_a_sentence_and_an_exit_code(florin, arguments, code, sentence):
    done = florin(*arguments)
    assert done.returncode == code and sentence in done.stderr, done.stderr


def test_a_wrong_key_is_said_and_not_shown(florin):
    done = florin("payments", "list", secret="sk_test_" + "x" * 40)
    assert done.returncode == 2 and "(401, unauthenticated)" in done.stderr and "xxxx" not in done.stderr


def test_a_live_key_moves_no_money_by_accident(florin):
    done = florin("pay", "--amount", "10.00", "--currency", "EUR", secret="sk_live_" + "x" * 40)
    assert done.returncode == 2 and "real money would move" in done.stderr
    assert "Idempotency-Key" not in done.stderr, "nothing was sent"
