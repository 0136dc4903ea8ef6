"""What the scripts of this folder share, imported first: where modules are, common arguments, JSON, and that a gate that fails
ends without a figure."""

import argparse
import json
import pathlib
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from gate import GateFailed  # noqa: E402
from harness.environment import use_venv  # noqa: E402


def spread(values, digits=2):
    return f"{min(values):,.{digits}f} – {statistics.median(values):,.{digits}f} – {max(values):,.{digits}f}"


def add_numbers(parser, defaults):
    """--<name> for each default; a list means several."""
    for name, default in defaults.items():
        many = {"nargs": "+"} if isinstance(default, list) else {}
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default[0] if many else default), default=default, **many)


def run_script(teaching, add_arguments, measure, conclude, **defaults):
    """`defaults` are further arguments, or others for those that all have. measure(arguments) gives rows that go into --json;
    conclude(rows, arguments) prints what they say."""
    use_venv()
    parser = argparse.ArgumentParser(description=teaching, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_numbers(parser, {"rounds": 3, "seconds": 15, "connections": 256, "merchants": 50, **defaults})
    add_arguments(parser)
    parser.add_argument("--json", type=pathlib.Path, help="write every round's numbers")
    arguments = parser.parse_args()
    try:
        rows = measure(arguments)
    except (GateFailed, AssertionError) as failure:
        print(f"no figure: {failure}", file=sys.stderr)
        return 1
    conclude(rows, arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))
    return 0
