"""`florin selftest` as a user runs it, and what it says without its simulator."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess

from harness.processes import BUILD, wait_until

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}


def selftest(program, *arguments):
    return subprocess.run([program, "selftest", *arguments], capture_output=True, text=True, timeout=600, env=ENVIRONMENT)


def gateways_of(parent):
    """The process ids of `florin up` that this process started."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_child = f"\nPPid:\t{parent}\n" in (process / "status").read_text()
            if is_child and b"\0up\0" in (process / "cmdline").read_bytes():
                yield int(process.name)


def kill_gateways_of(selftest_pid):
    for gateway in gateways_of(selftest_pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(gateway, signal.SIGKILL)


def test_crashes_charge_nobody_twice_and_lose_no_acknowledgement():
    done = selftest(BUILD / "bin" / "florin", "--kills", "5", "--clients", "8", "--seed", "7", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["seed"] == 7 and report["crashes"] == 5 == done.stderr.count("kill -9")
    assert report["double_charges"] == report["lost_acknowledgements"] == report["open"] == 0
    assert report["broken"] == []
    assert report["requests_in_flight"] >= 5, "a crash strikes only when requests are under way"
    assert report["acknowledged_answers"] > 0 and report["payments_compared"] > 0 and report["compared"] is True
    directory = done.stderr.split("world in ")[1].splitlines()[0]
    assert not os.path.exists(directory), "it cleans up behind itself"


def test_a_gateway_that_ends_by_itself_breaks_the_promise():
    command = [BUILD / "bin" / "florin", "selftest", "--seconds", "600", "--clients", "4", "--seed", "9", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as run:
        began = any("kill -9" in line for line in run.stderr)
        try:
            wait_until("it tells", lambda: run.poll() is not None or kill_gateways_of(run.pid), 300, 0.1)
        finally:
            run.terminate()
            told = run.communicate(timeout=120)[0]
    assert began and run.returncode == 1, told
    report = json.loads(told)
    assert report["broken"][0].startswith("the gateway ended by itself: ") and report["compared"] is False


def test_without_the_simulator_it_says_how_to_get_it(tmp_path):
    alone = shutil.copy(BUILD / "bin" / "florin", tmp_path / "florin")
    done = selftest(alone)
    assert done.returncode == 2
    assert "florin-simulator is not beside" in done.stderr and "--target florin-simulator" in done.stderr
