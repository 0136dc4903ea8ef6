"""`florin operations`: what an operator sees of open operations and of authorizations that run out."""

import json
import subprocess

import pytest


def listed(gateway, *arguments):
    return json.loads(gateway.cli("operations", *arguments, "--json").stdout)


def row_of(answer, payment_id):
    return next((row for row in answer["data"] if row["payment_id"] == payment_id), None)


def test_an_open_capture_is_shown_with_its_age_and_the_money_at_risk(gateway, merchant, simulator):
    payment_id = merchant.authorize(amount=12340, currency="KWD")["payment_id"]
    simulator.fault("drop_after_processing", operation="*")
    assert merchant.capture(payment_id).status == 202
    answer = listed(gateway, "list")
    row = row_of(answer, payment_id)
    assert (row["kind"], row["amount"], row["currency"], row["attempt"], row["parked"]) == ("capture", 12340, "KWD", 1, False)
    assert row["age_s"] >= 0 and row["evidence"] and answer["summary"]["open"]["at_risk"]["KWD"] >= 12340
    text = gateway.cli("operations", "list").stdout
    assert f"12.340 KWD  {payment_id}  {row['operation_id']}" in text and text.startswith("open ")


def test_an_authorization_is_listed_once_it_expires_within_the_time_asked_for(gateway, merchant):
    payment_id = merchant.authorize(amount=7000, currency="EUR")["payment_id"]
    capture_before = merchant.payment(payment_id)["capture_before"]
    answer = listed(gateway, "expiring", "--within", "31d")
    row = row_of(answer, payment_id)
    assert (row["held"], row["currency"], row["mode"], row["capture_before"]) == (7000, "EUR", "test", capture_before)
    assert row["merchant"] == merchant.merchant and answer["held"]["EUR"] >= 7000
    assert f"70.00 EUR  {payment_id}" in gateway.cli("operations", "expiring", "--within", "31d").stdout
    assert row_of(listed(gateway, "expiring"), payment_id) is None, "24 hours ahead by default"
    assert merchant.void(payment_id).status == 200
    assert row_of(listed(gateway, "expiring", "--within", "31d"), payment_id) is None


def test_the_audit_names_who_changed_what(gateway, merchant):
    made = json.loads(gateway.cli("audit", "--merchant", merchant.merchant, "--json").stdout)["data"]
    assert [row["action"] for row in made] == ["key.create", "merchant.create"], "the newest first"
    assert [row["subject"] for row in made] == [merchant.key_id, merchant.merchant]
    assert all(row["actor"].startswith("cli:") for row in made)
    lines = gateway.cli("audit", "--merchant", merchant.merchant).stdout.splitlines()
    assert len(lines) == 2 and "key.create" in lines[0] and merchant.key_id in lines[0] and merchant.secret not in lines[0]


@pytest.mark.parametrize("within", ["soon", "24", "0h", "1w"])
def test_a_time_ahead_that_is_none_is_exit_code_2_and_one_line(gateway, within):
    done = gateway.cli("operations", "expiring", "--within", within, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "such as 24h" in done.stderr


# What each command needs to answer with JSON; those that serve, or change the installation, have tests of their own.
JSON_ARGUMENTS = {
    "audit": [], "fail-points": [], "capture": ["{payment}"], "commands": [],
    "completion bash": [], "completion fish": [], "completion zsh": [],
    "config check": [], "config print": [], "database stop": None, "database url": [], "doctor": [],
    "keys create": ["--merchant", "{merchant}", "--mode", "test", "--name", "json"], "keys list": [], "keys revoke": None,
    "keys rotate": None, "keys show": ["{key}"], "merchants create": ["--name", "json"], "merchants list": [],
    "merchants show": ["{merchant}"], "merchants update": ["{merchant}", "--name", "json"], "merchants close": None,
    "merchants reopen": None,
    "migrate": [], "operations expiring": [], "operations list": [],
    "operations resolve": None, "operations show": None,
    "pay": ["--amount", "1.00", "--currency", "EUR"], "payments list": [], "payments show": ["{payment}"],
    "psp-events list": [], "psp-events replay": ["--parked"], "psp-events show": None, "selftest": None,
    "webhooks endpoints create": ["--merchant", "{merchant}", "--url", "http://127.0.0.1:9/"],
    "webhooks endpoints delete": None, "webhooks endpoints disable": None, "webhooks endpoints enable": None,
    "webhooks endpoints list": [], "webhooks endpoints rotate": None, "webhooks endpoints show": None,
    "webhooks endpoints test": None, "webhooks endpoints update": None,
    "webhooks list": None, "webhooks replay": None, "webhooks show": None,
    "refund": ["{payment}"], "up": None, "api": None, "worker": None, "verify": [], "version": [], "void": ["{held}"],
}


def test_every_command_answers_with_json(gateway, merchant):
    listed = json.loads(gateway.cli("commands", "--json").stdout)["data"]
    commands = {row["command"].removeprefix("florin ") for row in listed}
    assert {command for command in commands if command not in JSON_ARGUMENTS} == set(), "add it to JSON_ARGUMENTS"
    words = {"payment": merchant.authorize()["payment_id"], "held": merchant.authorize()["payment_id"],
             "merchant": merchant.merchant, "key": merchant.key_id}
    as_merchant = {"FLORIN_URL": f"http://127.0.0.1:{gateway.port}", "FLORIN_SECRET_KEY": merchant.secret}
    for command in sorted(commands):
        if JSON_ARGUMENTS[command] is None:
            continue
        arguments = [argument.format(**words) for argument in JSON_ARGUMENTS[command]]
        done = gateway.cli(*command.split(), *arguments, "--json", **as_merchant)
        assert isinstance(json.loads(done.stdout), dict), command


def test_a_completion_offers_every_command(gateway, tmp_path):
    script = gateway.cli("completion", "bash").stdout
    offered = subprocess.run(["bash", "-c", script + 'COMP_WORDS=(florin keys "") COMP_CWORD=2; _florin; echo "${COMPREPLY[*]}"'],
                             capture_output=True, text=True, check=True).stdout.split()
    assert {"create", "rotate", "revoke", "list"} <= set(offered)
