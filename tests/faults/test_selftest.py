"""`florin selftest` as a user runs it, and what it says without its simulator."""

import json
import os
import shutil
import subprocess

from harness.processes import BUILD


def selftest(program, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}
    return subprocess.run([program, "selftest", *arguments], capture_output=True, text=True, timeout=600, env=environment)


def test_crashes_charge_nobody_twice_and_lose_no_acknowledgement():
    done = selftest(BUILD / "bin" / "florin", "--kills", "5", "--clients", "8", "--seed", "7", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["seed"] == 7 and report["crashes"] == 5 == done.stderr.count("kill -9")
    assert report["double_charges"] == report["lost_acknowledgements"] == report["open"] == 0
    assert report["broken"] == []
    assert report["requests_in_flight"] >= 5, "a crash strikes only when requests are under way"
    assert report["acknowledged_answers"] > 0 and report["payments_compared"] > 0
    directory = done.stderr.split("world in ")[1].splitlines()[0]
    assert not os.path.exists(directory), "it cleans up behind itself"


def test_without_the_simulator_it_says_how_to_get_it(tmp_path):
    alone = shutil.copy(BUILD / "bin" / "florin", tmp_path / "florin")
    done = selftest(alone)
    assert done.returncode == 2
    assert "florin-simulator is not beside" in done.stderr and "--target florin-simulator" in done.stderr
