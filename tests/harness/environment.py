"""For scripts that are started by themselves: the Python of .venv, which ./test makes and which has psycopg."""

import importlib.util
import os
import pathlib
import sys

VENV = pathlib.Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python"


def use_venv():
    if importlib.util.find_spec("psycopg"):
        return
    if not VENV.exists() or pathlib.Path(sys.prefix) == VENV.parents[1]:
        sys.exit(f"{sys.argv[0]}: psycopg is missing; ./test installs it, run that first")
    os.execv(VENV, [str(VENV), *sys.argv])
