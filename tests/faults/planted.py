#!/usr/bin/env python3
"""Planted bugs: each patch of tests/faults/planted/ makes the code wrong in a known way, and a quick check must see it.

    tests/faults/planted.py                  applies them one by one in a copy of the checkout, builds, checks, reverts
    tests/faults/planted.py NAME...          only those whose name holds one of the words
    tests/faults/planted.py --apply-only     only whether every patch still applies and its tests exist (seconds)
    tests/faults/planted.py --list           what they are

The copy is of the last commit. It stays in --work with its build, so that a second run compiles little. A patch begins with
lines "Bug:", "Rule:" (of the write protocol, or "issue") and, in their order, "Check: MODULE FILTER", the unit tests to run,
or "Check: pytest FILE::TEST", a black-box test. Ends with a table of what caught what; fails when a bug survives, does not
build or no longer applies, when a check fails without any bug or runs nothing, and when one neither passes nor fails: what
hangs, or dies without an assertion's word, has caught nothing.
"""

import argparse
import dataclasses
import fnmatch
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATCHES = ROOT / "tests" / "faults" / "planted"
CHECK_SECONDS = 600
TEST_NAME = re.compile(r"^(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+)", re.MULTILINE)


@dataclasses.dataclass
class Planted:
    path: pathlib.Path
    bug: str
    rule: str
    checks: list  # (module, filter)

    @property
    def name(self):
        return self.path.stem


def read_patch(path):
    head = path.read_text().split("\ndiff --git", 1)[0]
    lines = [line.split(": ", 1) for line in head.splitlines() if ": " in line]
    fields = {name: value for name, value in lines if name != "Check"}
    checks = [tuple(value.split(" ", 1)) for name, value in lines if name == "Check"]
    assert checks and "Bug" in fields and "Rule" in fields, f"{path.name} needs Bug:, Rule: and Check:"
    return Planted(path, fields["Bug"], fields["Rule"], checks)


def applies(planted, tree, *more):
    return subprocess.run(["git", "apply", "-C1", *more, str(planted.path)], cwd=tree, capture_output=True, text=True)


def check_applies(all_planted):
    lost = [f"{planted.name} no longer applies: write it anew against the code as it is" for planted in all_planted
            if applies(planted, ROOT, "--check").returncode != 0]
    lost += [f"{planted.name}: no test is named {part}" for planted in all_planted for module, wanted in planted.checks
             for part in wanted.split(":" if module != "pytest" else None) if not names_a_test(module, part)]
    print("\n".join([*lost, f"{len(all_planted)} planted bugs, {len(lost)} of them or of their checks lost"]))
    return 1 if lost else 0


def names_a_test(module, part):
    if module == "pytest":
        path, _, name = part.partition("::")
        return (ROOT / path).exists() and f"\ndef {name}(" in (ROOT / path).read_text()
    return any(fnmatch.fnmatchcase(name, part) for name in tests_of(module))


@functools.cache
def tests_of(module):
    """As gtest names them, where parameters and the word before them do not matter."""
    names = set()
    for source in sorted((ROOT / "src" / module).rglob("*_test.cpp")):
        for fixture, name in TEST_NAME.findall(source.read_text()):
            names |= {f"{fixture}.{name}", f"Any/{fixture}.{name}/any"}
    return names


class Copy:
    """A clone of the checkout with a build directory of its own."""

    def __init__(self, work):
        self.tree, self.build = work / "tree", work / "build"
        self.environment = {**os.environ, "CCACHE_NOHASHDIR": "1", "CCACHE_BASEDIR": str(self.tree),
                            "FLORIN_BUILD": str(self.build)}
        if not self.tree.exists():
            self.run("git", "clone", "-q", str(ROOT), str(self.tree), cwd=work)
        self.run("git", "fetch", "-q", "origin", "HEAD")
        self.run("git", "reset", "-q", "--hard", "FETCH_HEAD")
        self.run("cmake", "-S", str(self.tree), "-B", str(self.build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                 "-DCMAKE_CXX_COMPILER=clang++-19", "-DFLORIN_FAIL_POINTS=ON")

    def run(self, *command, cwd=None, check=True, seconds=3600):
        done = subprocess.run(command, cwd=cwd or self.tree, env=self.environment, capture_output=True, text=True,
                              timeout=seconds)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done

    def compiles(self, module):
        targets = ("florin", "florin-simulator") if module == "pytest" else (f"florin_{module}_tests",)
        return self.run("ninja", "-C", str(self.build), *targets, check=False).returncode == 0

    def failed(self, module, wanted):
        """The first test that failed, or None; Broken when neither can be said."""
        command = [ROOT / ".venv" / "bin" / "python", "-m", "pytest", "-q", "-x", "-rf", *wanted.split()]
        if module != "pytest":
            program = self.build / "bin" / f"florin_{module}_tests"
            command = [program, f"--gtest_filter={wanted}", "--gtest_fail_fast"]
        try:
            done = self.run(*map(str, command), check=False, seconds=CHECK_SECONDS)
        except subprocess.TimeoutExpired:
            raise Broken(f"{module} {wanted} does not end") from None
        return what_failed(module, done, f"{module} {wanted}")


class Broken(Exception):
    pass


def what_failed(module, done, check):
    failed = re.search(r"^FAILED (\S+)" if module == "pytest" else r"\[  FAILED  \] (\S+)", done.stdout, re.MULTILINE)
    if failed:
        return failed[1].rstrip(",")
    asserted = re.search(r'"assertion.failed".*"expression":(".*")', done.stderr)
    if asserted:
        return f"assertion {asserted[1]}"
    ran = re.search(r"(\d+) passed" if module == "pytest" else r"Running (\d+) tests?", done.stdout)
    if not ran or ran[1] == "0":
        raise Broken(f"{check} runs nothing")
    if done.returncode != 0:
        raise Broken(f"{check} ends with {done.returncode} and names no test")
    return None


def catch(copy, planted):
    """(caught, by what)"""
    if applies(planted, copy.tree).returncode != 0:
        return False, "does not apply"
    try:
        for module, wanted in planted.checks:
            if not copy.compiles(module):
                return False, "does not build"
            what = copy.failed(module, wanted)
            if what:
                return True, f"{module}: {what}"
        return False, "SURVIVED"
    except Broken as broken:
        return False, f"BROKEN CHECK {broken}"
    finally:
        applies(planted, copy.tree, "-R")


def without_bugs(copy, all_planted):
    """Checks that fail, or run nothing, on the code as it is: they would catch nothing."""
    for module, wanted in sorted({check for planted in all_planted for check in planted.checks}):
        if not copy.compiles(module):
            yield f"{module} does not build"
            continue
        try:
            what = copy.failed(module, wanted)
            if what:
                yield f"{module} {wanted}: {what}"
        except Broken as broken:
            yield str(broken)


def run(all_planted, work):
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o755)  # tests start PostgreSQL, which drops root
    copy = Copy(work)
    broken = list(without_bugs(copy, all_planted))
    for line in broken:
        print(f"without any bug: {line}")
    if broken:
        return 1
    survived = 0
    print(f"{'rule':<6} {'bug':<52} {'seconds':>7}  caught by")
    for planted in all_planted:
        began = time.monotonic()
        caught, what = catch(copy, planted)
        survived += not caught
        print(f"{planted.rule:<6} {planted.name:<52} {time.monotonic() - began:7.0f}  {what}", flush=True)
    print(f"{len(all_planted) - survived} of {len(all_planted)} planted bugs were caught")
    return 1 if survived else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--apply-only", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "florin-planted")
    options = parser.parse_args()
    all_planted = [read_patch(path) for path in sorted(PATCHES.glob("*.patch"))]
    chosen = [p for p in all_planted if not options.names or any(name in p.name for name in options.names)]
    if options.list:
        for planted in chosen:
            print(f"{planted.rule:<6} {planted.name:<52} {planted.bug}")
        return 0
    return check_applies(chosen) if options.apply_only else run(chosen, options.work)


if __name__ == "__main__":
    sys.exit(main())
