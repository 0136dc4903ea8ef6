#!/usr/bin/env python3
"""Refuses an #include that the module table of CMakeLists.txt does not allow.

    tools/check_modules.py              checks the tree, exit code 1 with one line per forbidden include
    tools/check_modules.py --self-test  shows on made-up trees that each rule can fail

The rules, each with its reason in ARCHITECTURE.md:
  - a file of module A includes "B/..." only where the table lets A use B; a program likewise;
  - the table has no cycle: a module uses only modules that stand above it;
  - Beast stands in src/http only;
  - headers include Asio only in http and postgres and psp, or the task type's own header; elsewhere the executor and the
    timer are all that a header may name;
  - tests (*_test.cpp, *_fixture.hpp) may use whatever their module uses at any depth.
"""

import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
MODULE = re.compile(r"^florin_module\((\w+)\s+USES([^)]*?)(?:LIBS[^)]*)?\)", re.MULTILINE)
PROGRAM = re.compile(r"^florin_program\(([\w-]+)\s+(\S+)\s+USES([^)]*)\)", re.MULTILINE)
ASIO_HEADERS_ALLOWED = {"http", "postgres", "psp"}
ASIO_EVERYWHERE = {"boost/asio/any_io_executor.hpp", "boost/asio/steady_timer.hpp"}


class Table:
    def __init__(self, root):
        text = (root / "CMakeLists.txt").read_text()
        self.modules = {name: set(uses.split()) for name, uses in MODULE.findall(text)}
        self.programs = {folder: set(uses.split()) for _, folder, uses in PROGRAM.findall(text)}
        if not self.modules or not self.programs:
            raise SystemExit("check_modules: no florin_module or florin_program lines found in CMakeLists.txt")

    def at_any_depth(self, uses):
        return set(uses).union(*(self.at_any_depth(self.modules[used]) for used in uses))

    def problems(self):
        above = set()
        for name, uses in self.modules.items():
            for used in sorted(uses - above):
                yield f"CMakeLists.txt: {name} uses {used}, which does not stand above it"
            above.add(name)


def is_test(path):
    return path.name.endswith(("_test.cpp", "_fixture.hpp"))


def sources(root):
    """(path, name of the module or folder of the program it belongs to, what it may include)"""
    table = Table(root)
    for name, uses in table.modules.items():
        for path in sorted((root / "src" / name).rglob("*.[ch]pp")):
            yield path, name, (table.at_any_depth(uses) if is_test(path) else uses) | {name}, table
    for folder, uses in table.programs.items():
        base = root / folder
        files = sorted(base.rglob("*.[ch]pp")) if base.is_dir() else [base.with_suffix(".cpp")]
        for path in files:
            if path.exists():
                yield path, folder, uses | {folder.removeprefix("src/")}, table


def forbidden(include, path, owner, allowed, table):
    """Why this include is refused, or None."""
    folders = set(table.modules) | {folder.removeprefix("src/") for folder in table.programs}
    owner_folder = next((f for f in sorted(folders, key=len, reverse=True) if include.startswith(f + "/")), None)
    if owner_folder and owner_folder not in allowed:
        return f"{owner} may not use {owner_folder} (florin_module in CMakeLists.txt)"
    if include.startswith("boost/beast") and owner != "http":
        return "Beast belongs into src/http"
    is_header = path.suffix == ".hpp" and not is_test(path) and path.parts[-2:] != ("base", "task.hpp") and owner in table.modules
    if is_header and include.startswith("boost/asio") and include not in ASIO_EVERYWHERE:
        if owner not in ASIO_HEADERS_ALLOWED:
            return "headers outside http, postgres and psp include no Asio beyond task, executor and timer"
    return None


def check(root):
    problems = list(Table(root).problems())
    if problems:
        return problems
    for path, owner, allowed, table in sources(root):
        for include in INCLUDE.findall(path.read_text()):
            if reason := forbidden(include, path, owner, allowed, table):
                problems.append(f'{path.relative_to(root)}: #include "{include}": {reason}')
    return problems


SELF_TEST_TABLE = """
florin_module(base   USES            LIBS fmt::fmt)
florin_module(http   USES base)
florin_module(flow   USES base)
florin_module(api    USES flow)
florin_program(florin src/main/florin USES base flow)
florin_program(tool   tool            USES base)
"""
SELF_TEST = [  # path, include, refused
    ("src/flow/a.cpp", "base/b.hpp", False),
    ("src/flow/a.cpp", "flow/b.hpp", False),
    ("src/flow/a.cpp", "http/b.hpp", True),
    ("src/base/a.cpp", "flow/b.hpp", True),
    ("src/flow/deep/er/a.hpp", "http/b.hpp", True),
    ("src/flow/a.cpp", "boost/beast/http.hpp", True),
    ("src/http/a.cpp", "boost/beast/http.hpp", False),
    ("src/flow/a.hpp", "boost/asio/io_context.hpp", True),
    ("src/flow/a.hpp", "boost/asio/any_io_executor.hpp", False),
    ("src/flow/a.cpp", "boost/asio/io_context.hpp", False),
    ("src/http/a.hpp", "boost/asio/io_context.hpp", False),
    ("src/base/task.hpp", "boost/asio/awaitable.hpp", False),
    ("src/main/florin/a.cpp", "flow/b.hpp", False),
    ("src/main/florin/a.cpp", "main/florin/b.hpp", False),
    ("src/main/florin/a.cpp", "http/b.hpp", True),
    ("tool/a.cpp", "tool/b.hpp", False),
    ("tool/a.cpp", "flow/b.hpp", True),
    ("src/base/a.cpp", "main/florin/b.hpp", True),
    ("src/api/a.cpp", "base/b.hpp", True),
    ("src/api/a_test.cpp", "base/b.hpp", False),
    ("src/api/a_test.cpp", "http/b.hpp", True),
]


def self_test():
    failed = 0
    for path, include, refused in SELF_TEST:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / path).parent.mkdir(parents=True)
            (root / "CMakeLists.txt").write_text(SELF_TEST_TABLE)
            (root / path).write_text(f'#include "{include}"\n')
            if bool(check(root)) != refused:
                print(f'self-test: {path} with "{include}" should be {"refused" if refused else "allowed"}')
                failed += 1
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(SELF_TEST_TABLE.replace("base   USES     ", "base   USES flow"))
        if not check(root):
            print("self-test: a cycle in the table should be refused")
            failed += 1
    return failed


def main():
    if "--self-test" in sys.argv[1:]:
        failed = self_test()
        print("check_modules: the rules can fail" if not failed else f"{failed} failed")
        return 1 if failed else 0
    problems = check(ROOT)
    for problem in problems:
        print(problem)
    print(f"check_modules: {len(problems)} forbidden includes" if problems else "check_modules: every include is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
