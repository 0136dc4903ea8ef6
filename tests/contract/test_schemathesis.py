"""A fuzzing client drives the running gateway from api/openapi.yaml: every operation, every check, sequences along the links.

tests/contract/schemathesis.toml has its settings, each exclusion with its reason, and the command for long runs.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from harness.client import request
from harness.processes import ROOT, World

SETTINGS = ROOT / "tests" / "contract" / "schemathesis.toml"
CONTRACT = ROOT / "api" / "openapi.yaml"
ADMIN = "^/api/v1/admin/"  # driven apart, with an operator's key
EXAMPLES = 10  # per operation and phase


def schemathesis(contract, port, secret, *arguments, **environment):
    """One run. Its time is bounded by the number of requests; a busy machine may take long for them."""
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [program, "--no-color", "--config-file", SETTINGS, "run", contract, "--url", f"http://127.0.0.1:{port}", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=300, env={**os.environ, "FLORIN_SECRET_KEY": secret, **environment})
    return done.returncode, done.stdout + done.stderr


def drive(world, secret, *arguments, **environment):
    """A run in which every operation was tested in every phase, and nothing was found."""
    status, report = schemathesis(CONTRACT, world.gateway.port, secret, "--max-examples", str(EXAMPLES), *arguments, **environment)
    assert status == 0, report
    selected, tested = re.search(r"Selected: (\d+)/\d+\s+Tested: (\d+)", report).groups()
    assert selected == tested, report
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert re.search(rf"✅ +{phase}", report), report
    assert int(re.search(r"API Links:\s+(\d+) covered", report)[1]) > 1, report
    return int(selected)


def test_a_fuzzing_client_finds_no_deviation_from_the_contract():
    with World() as world:
        client = world.gateway.merchant_client()
        operator = json.loads(world.gateway.cli("keys", "create", "--admin", "--name", "fuzzing", "--json").stdout)
        tested = drive(world, client.secret, "--exclude-path-regex", ADMIN)
        tested += drive(world, operator["key"], "--include-path-regex", ADMIN, FLORIN_KEY_ID=operator["id"])
        still = request(client.port, "GET", "/api/v1/admin/audit", {"Authorization": f"Bearer {operator['key']}"})
        assert still.status == 200, "the key that drove has not ended on the way"
        paths = CONTRACT.read_text().split("\ncomponents:\n")[0]
        assert tested == len(re.findall(r"^ {6}operationId: ", paths, re.M))
        verified = world.gateway.verify()
        assert verified.returncode == 0, verified.stdout
        assert world.simulator.duplicates() == []
        assert '"level":"error"' not in world.gateway.log()


def test_the_fuzzing_client_would_see_an_answer_that_the_contract_does_not_have(gateway, tmp_path):
    lying = tmp_path / "openapi.yaml"
    lying.write_text(CONTRACT.read_text().replace("enum: [ok, ready]", "enum: [ready]"))
    status, report = schemathesis(lying, gateway.port, "sk_test_none", "--include-path", "/healthz", "--phases", "examples")
    assert status == 1 and "Response violates schema" in report, report
