"""K-14: what is wrong with a configuration is said with its place and its mend, and keeps florin from starting."""

import json
import os
import pathlib
import subprocess

import pytest

from harness.processes import BUILD, STRIPE_KEY

ACCOUNT = '[stripe.test]\nbase_url = "http://127.0.0.1:1"\n'
HUSH = "hush0123456789hush0123456789hush"


def florin(directory, text, *arguments, **environment):
    config = directory / "florin.toml"
    config.write_text(text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}
    return subprocess.run([BUILD / "bin" / "florin", *arguments, "--config", config], capture_output=True, text=True,
                          env={**clean, **environment}, timeout=60)


@pytest.mark.parametrize("what, text, environment, sentence", [
    ("missing secret", ACCOUNT, {}, "FLORIN_STRIPE_TEST_KEY is not set"),
    ("missing pepper", ACCOUNT, {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY, "FLORIN_DATABASE_URL": "postgresql://db/florin"},
     "FLORIN_PEPPER is not set"),
    ("wrong PSP URL", '[stripe.test]\nbase_url = "http://api.stripe.com"\n', {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY},
     "florin.toml:2: stripe.test.base_url may use plain http only to this machine"),
    ("no PSP URL", '[stripe.test]\nname = "main"\n', {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY},
     "stripe.test.base_url is missing"),
    ("live key in test", ACCOUNT, {"FLORIN_STRIPE_TEST_KEY": "sk_live_" + HUSH}, "FLORIN_STRIPE_TEST_KEY is not a test key"),
    ("test key in live", '[stripe.live]\nbase_url = "https://api.stripe.com"\n', {"FLORIN_STRIPE_LIVE_KEY": "sk_test_" + HUSH},
     "FLORIN_STRIPE_LIVE_KEY is not a live key"),
    ("no certificate", '[http]\ntls_certificate = "/none.pem"\ntls_key = "/none.key"\n' + ACCOUNT,
     {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY}, "http.tls_certificate /none.pem cannot be read"),
])
def test_k_14_a_wrong_configuration_does_not_start(tmp_path, what, text, environment, sentence):
    for command in (["up"], ["config", "check"]):
        done = florin(tmp_path, text, *command, **environment)
        assert done.returncode == 2, what
        assert sentence in done.stdout + done.stderr
        assert HUSH not in done.stdout + done.stderr
    assert florin(tmp_path, text, "up", **environment).stderr.count("\n") == 1, "one clear line"


def test_k_14_a_server_that_could_lose_commits_is_refused(world, tmp_path):
    """synchronous_commit off for the role: only what the server says decides, so a gateway of its own asks it."""
    gateway = world.gateway
    environment = {"FLORIN_STRIPE_TEST_KEY": STRIPE_KEY, "FLORIN_PEPPER": HUSH}
    with gateway.database() as database:
        database.execute("create role careless login password 'careless' in role florin_app")
        database.execute("alter role careless set synchronous_commit = off")
        try:
            url = gateway.application_url().replace(gateway.application_url().split("//")[1].split("@")[0], "careless:careless")
            done = florin(tmp_path, "[http]\nport = 0\n" + ACCOUNT, "api", FLORIN_DATABASE_URL=url, **environment)
        finally:
            database.execute("drop role careless")
    assert done.returncode == 3
    assert "synchronous_commit is off" in done.stderr and "set synchronous_commit = on" in done.stderr


def test_check_names_all_problems_at_once_and_warns(tmp_path):
    text = '[http]\nprot = 1\nport = 70000\naddress = "0.0.0.0"\n'
    answer = json.loads(florin(tmp_path, text, "config", "check", "--json").stdout)
    assert not answer["ok"]
    assert [problem.split("florin.toml:")[1].split(" ")[0] for problem in answer["problems"]] == ["2:", "3:"]
    assert "did you mean http.port?" in answer["problems"][0]
    assert "florin.toml:4: http.address 0.0.0.0 without http.tls_certificate" in answer["warnings"][0]


def test_what_is_printed_can_be_used_again_and_holds_no_secret(tmp_path):
    environment = {"FLORIN_STRIPE_TEST_KEY": "sk_test_" + HUSH, "FLORIN_PEPPER": HUSH,
                   "FLORIN_DATABASE_URL": f"postgresql://florin_app:{HUSH}@db/florin"}
    text = "[http]\nport = 9000\n" + ACCOUNT + "fees.EUR.fixed = 3\n"
    first = florin(tmp_path, text, "config", "print", "--redacted", **environment)
    assert first.returncode == 0 and HUSH not in first.stdout
    assert "postgresql://florin_app@db/florin" in first.stdout and "# FLORIN_DATABASE_URL" in first.stdout

    def values(text):
        answer = json.loads(florin(tmp_path, text, "config", "print", "--json", **environment).stdout)
        return {row["key"]: row["value"] for row in answer["values"]}, answer["environment"]
    shown, variables = values(text)
    assert (shown["http.port"], shown["stripe.test.fees.EUR.fixed"], shown["http.tls_key"]) == (9000, 3, None)
    assert (variables["FLORIN_PEPPER"], variables["FLORIN_STRIPE_LIVE_KEY"]) == ("set", "not set")
    assert values(first.stdout)[0] == shown


def test_the_page_names_every_variable(tmp_path):
    variables = json.loads(florin(tmp_path, "", "config", "print", "--json").stdout)["environment"]
    page = (pathlib.Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    assert [name for name in variables if f"`{name}`" not in page] == []
