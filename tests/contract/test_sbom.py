"""The bill of materials that tools/sbom.py writes: valid CycloneDX, and it names what the programs really load."""

import json
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
