#!/usr/bin/env python3
"""Every path that a page names exists, every metric and alert is documented, README.md and ARCHITECTURE.md keep to their length.

    tools/check_docs.py

Looks at `code spans` of README.md, ARCHITECTURE.md and docs/**/*.md that begin with a folder of the repository.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDERS = ("src/", "tests/", "docs/", "tools/", "bench/", "api/", "db/", "simulator/", "cmake/", "fuzz/")
LONGEST = {"README.md": 120, "ARCHITECTURE.md": 250}


def missing_paths(page):
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for span in re.findall(r"`([^`]+)`", line):
            path = span.split()[0].rstrip(".,;:")
            if path.startswith(FOLDERS) and not re.search(r"[<{*…$]", path) and not (ROOT / path).exists():
                yield f"{page.relative_to(ROOT)}:{number}: {path} does not exist"


def undocumented_metrics():
    documented = set(re.findall(r"`(florin_[a-z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    for name in re.findall(r'"(florin_[a-z_]+)"', (ROOT / "src" / "observe" / "metrics.cpp").read_text()):
        if name not in documented:
            yield f"docs/operations.md does not document the metric {name}"


def undocumented_alerts():
    """Somebody is woken with these words."""
    documented = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    for source in sorted((ROOT / "src").rglob("*.cpp")):
        for why in re.findall(r'psp_alert\([^;]*"([a-z_]+)"\);', source.read_text()):
            if not source.name.endswith("_test.cpp") and why not in documented:
                yield f"docs/operations.md does not document the alert {why} of {source.relative_to(ROOT)}"


def main():
    pages = [ROOT / name for name in LONGEST] + sorted((ROOT / "docs").rglob("*.md"))
    wrong = [sentence for page in pages for sentence in missing_paths(page)] + list(undocumented_metrics())
    wrong += undocumented_alerts()
    for name, longest in LONGEST.items():
        lines = len((ROOT / name).read_text().splitlines())
        if lines > longest:
            wrong.append(f"{name} has {lines} lines, at most {longest} are allowed")
    print("\n".join(wrong) if wrong else f"{len(pages)} pages name only paths that exist")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
