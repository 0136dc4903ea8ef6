"""A-26: the bill of materials that tools/sbom.py writes: valid CycloneDX, it names what the programs really load, and with
--check-updates it fails where one of these has a security update.
"""

import json
import os
import re
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from harness.processes import BUILD, ROOT


def write(path):
    subprocess.run([ROOT / "tools" / "sbom.py", "--build", BUILD, "--output", path], check=True)
    return path.read_text()


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return write(tmp_path_factory.mktemp("sbom") / "bill.json")


@pytest.fixture
def bill(text):
    return json.loads(text)


def test_it_is_valid(text):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_is_the_same_each_time(text, tmp_path):
    assert write(tmp_path / "again.json") == text


def test_every_reference_leads_to_a_component(bill):
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
    known = {*references, bill["metadata"]["component"]["bom-ref"]}
    for dependency in bill["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= known


def test_every_library_that_is_loaded_is_in_use(bill):
    required = {component["name"]: component for component in bill["components"] if component["scope"] == "required"}
    assert {"libssl3", "libpq5", "libc6", "postgresql-15", "florin", "libcli11-dev"} <= set(required)
    listed = subprocess.run(["ldd", BUILD / "bin" / "florin"], capture_output=True, text=True, check=True).stdout
    paths = [re.sub("^/lib/", "*/lib/", path) for path in re.findall(r"=> (/\S+)", listed)]
    owners = subprocess.run(["dpkg-query", "-S", *paths], capture_output=True, text=True).stdout.splitlines()
    assert len(owners) >= 20
    assert {line.split(":")[0] for line in owners} <= set(required)


def test_what_only_tests_is_marked_so(bill):
    excluded = {component["name"] for component in bill["components"] if component["scope"] == "excluded"}
    assert {"pytest", "clang-19", "libgtest-dev", "ninja-build"} <= excluded


# As `apt-cache policy` prints a library that the programs load.
POLICY = """libssl3:
  Installed: {installed}
  Candidate: {candidate}
  Version table:
     {candidate} 500
        500 http://deb.debian.org/{suite} amd64 Packages
 *** {installed} 100
        100 /var/lib/dpkg/status
"""


@pytest.mark.parametrize("candidate, suite, is_refused", [
    ("9.9", "debian-security bookworm-security/main", True),
    ("9.9", "debian bookworm/main", False),  # an update without a hole behind it
])
def test_a_26_a_security_update_of_what_is_loaded_fails_the_check(tmp_path, candidate, suite, is_refused):
    installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libssl3"], capture_output=True, text=True,
                               check=True).stdout
    stub = tmp_path / "apt-cache"
    policy = POLICY.format(installed=installed, candidate=candidate, suite=suite)
    stub.write_text(f"#!/bin/sh\ncase \" $* \" in *' libssl3 '*) cat <<'END'\n{policy}END\nesac\n")
    stub.chmod(0o755)
    done = subprocess.run([ROOT / "tools" / "sbom.py", "--build", BUILD, "--output", tmp_path / "bill.json", "--check-updates"],
                          capture_output=True, text=True, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == (1 if is_refused else 0), done.stderr
    refused = f"libssl3 {installed}: the security update 9.9 is not installed"
    assert (refused in done.stderr) == is_refused, done.stderr
