#!/usr/bin/env python3
"""Writes the bill of materials of a build as CycloneDX 1.6 JSON, from what this machine really has.

    tools/sbom.py [--build build/release] [--output build/florin.cdx.json] [--check-updates]

  required   what the programs load when they run (their NEEDED libraries and those of these), what is compiled into them
             without a library of its own, and the programs that the gateway starts
  excluded   what only builds or tests them
The same build on the same packages gives the same bytes. Exit code 1 when a library belongs to no package.
--check-updates: also when apt's lists, as of the last apt-get update, have a security update for a component in use.
"""

import argparse
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ("florin", "florin-simulator", "florin-bench")
# Of packages-run.txt: what only builds. The other packages without a library are headers that are compiled in.
BUILD_TOOLS = {"clang-19", "lld-19", "cmake", "ninja-build", "ccache"}
STARTED = {"postgresql-15", "ca-certificates", "curl", "procps"}


def run(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def packages_in(name):
    lines = (ROOT / "tools" / name).read_text().splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


@functools.cache
def installed(package):
    """Version, architecture and source package."""
    shown = run("dpkg-query", "-W", "-f", "${Version} ${Architecture} ${source:Package}\n", package).splitlines()[0].split()
    return {"version": shown[0], "architecture": shown[1], "source": shown[2]}


@functools.cache
def package_of(library):
    """The Debian package of a file; /lib may be a link to /usr/lib."""
    for path in (library, os.path.realpath(library), f"/usr{library}"):
        found = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    sys.exit(f"sbom: {library} belongs to no Debian package")


def needed(program):
    return set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", str(program))))


def loaded(program):
    """{name of the library: its path} with all that these load in turn."""
    return dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", str(program)), re.MULTILINE))


class Bill:
    def __init__(self):
        self.components, self.depends_on = {}, {}

    def debian(self, package, scope, use):
        facts = installed(package)
        version = urllib.parse.quote(facts["version"], safe="~")
        reference = f"pkg:deb/debian/{package}@{version}?arch={facts['architecture']}&distro=debian-12"
        known = self.components.get(reference)
        if known is None or known["scope"] == "excluded":
            self.components[reference] = {
                "type": "library", "bom-ref": reference, "name": package, "version": facts["version"], "scope": scope,
                "purl": reference, "properties": [{"name": "florin:use", "value": use},
                                                  {"name": "florin:source-package", "value": facts["source"]}]}
        return reference

    def python(self, requirement):
        name, version = re.fullmatch(r"([\w.-]+)(?:\[[^]]*\])?==([\w.]+)", requirement).groups()
        reference = f"pkg:pypi/{name.lower()}@{version}"
        self.components[reference] = {
            "type": "library", "bom-ref": reference, "name": name, "version": version, "scope": "excluded",
            "purl": reference, "properties": [{"name": "florin:use", "value": "tests"}]}

    def program(self, path, version):
        libraries, direct = loaded(path), needed(path)
        references = {}
        for name, library in sorted(libraries.items()):
            use = "linked" if name in direct else "loaded by a library"
            references[name] = self.debian(package_of(library), "required", use)
        reference = f"florin:{path.name}@{version}"
        self.components[reference] = {"type": "application", "bom-ref": reference, "name": path.name, "version": version,
                                      "scope": "required"}
        self.depends_on[reference] = sorted({references[name] for name in direct if name in references})


def collect(build, version):
    bill = Bill()
    for name in PROGRAMS:
        bill.program(build / "bin" / name, version)
    for package in packages_in("packages-run.txt"):
        tool = package in BUILD_TOOLS
        use = "builds" if tool else "started" if package in STARTED else "headers, compiled in"
        bill.debian(package, "excluded" if tool else "required", use)
    for package in packages_in("packages-test.txt"):
        bill.debian(package, "excluded", "tests")
    for line in (ROOT / "tests" / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            bill.python(line.strip())
    return bill


def document(bill, version):
    root = f"florin@{version}"
    components = [bill.components[reference] for reference in sorted(bill.components)]
    graph = {**{reference: [] for reference in bill.components}, **bill.depends_on,
             root: sorted(reference for reference, part in bill.components.items() if part["scope"] == "required")}
    seed = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}", "version": 1,
        "metadata": {"tools": {"components": [{"type": "application", "name": "tools/sbom.py", "version": version}]},
                     "component": {"type": "application", "bom-ref": root, "name": "florin", "version": version}},
        "components": components,
        "dependencies": [{"ref": reference, "dependsOn": graph[reference]} for reference in sorted(graph)],
    }


def security_updates(bill):
    """What is in use and has a newer version in a suite for security."""
    packages = sorted(part["name"] for part in bill.components.values()
                      if part["scope"] == "required" and part["bom-ref"].startswith("pkg:deb/"))
    for entry in re.split(r"^(?=\S+:$)", run("apt-cache", "policy", *packages), flags=re.MULTILINE):
        if facts := re.search(r"^(\S+):\n\s+Installed: (\S+)\n\s+Candidate: (\S+)", entry):
            name, version, candidate = facts.groups()
            # The candidate's line in the version table, then one line for each place that has it.
            places = re.search(rf"^ [ *]{{3}} {re.escape(candidate)} \d+\n((?: {{8}}.*\n)+)", entry, re.MULTILINE)
            if version != candidate and places and "-security" in places[1]:
                yield f"{name} {version}: the security update {candidate} is not installed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "florin.cdx.json")
    parser.add_argument("--check-updates", action="store_true")
    options = parser.parse_args()
    version = re.search(r"project\(florin VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    bill = collect(options.build, version)
    options.output.write_text(json.dumps(document(bill, version), indent=1) + "\n")
    required = sum(part["scope"] == "required" for part in bill.components.values())
    print(f"sbom: {options.output}: {required} components in use, {len(bill.components) - required} that build or test")
    if options.check_updates and (updates := list(security_updates(bill))):
        sys.exit("\n".join(updates))


if __name__ == "__main__":
    main()
