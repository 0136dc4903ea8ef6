"""The first five minutes of README.md, command by command, as a stranger would paste them.

./run is replaced by what it leaves behind (var/florin.env, var/florin.toml, the programs), for a gateway of the tests.
"""

import re
import subprocess

import pytest

from harness.processes import BUILD, ROOT, World

README = (ROOT / "README.md").read_text()
FIVE_MINUTES = README.split("## The first five minutes")[1].split("\n## ")[0]
BLOCKS = [block for block in re.findall(r"```sh\n(.*?)```", FIVE_MINUTES, re.S) if "./test" not in block]


@pytest.fixture
def checkout(tmp_path):
    """A directory that looks like the checkout after ./run."""
    with World() as world:
        client = world.gateway.merchant_client("Demo shop")
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "florin.env").write_text(
            f"FLORIN_URL='http://127.0.0.1:{client.port}'\nFLORIN_SECRET_KEY='{client.secret}'\n"
            f"FLORIN_SIMULATOR_URL='{world.simulator.url}'\n")
        (tmp_path / "var" / "florin.toml").write_text(world.gateway.config.read_text())
        (tmp_path / "build" / "release").mkdir(parents=True)
        (tmp_path / "build" / "release" / "bin").symlink_to(BUILD / "bin")
        (tmp_path / "run").write_text("#!/bin/sh\necho \"./run $*\"\n")
        (tmp_path / "run").chmod(0o755)
        tmp_path.chmod(0o755)
        yield tmp_path, world, client


def test_the_first_five_minutes_of_the_readme_can_be_pasted(checkout):
    directory, world, client = checkout
    assert len(BLOCKS) == 5, "install, pay, see the ledger, cause a fault, watch it settle"
    script = "\n".join(["set -eu", *BLOCKS])
    done = subprocess.run(["bash", "-c", script], cwd=directory, capture_output=True, text=True, timeout=240,
                          env={"PATH": "/usr/bin:/bin", **world.gateway.environment()})
    story = done.stdout + done.stderr
    assert done.returncode == 0, story
    lines = done.stdout.splitlines()
    assert "./run --background" in lines and "./run --stop" in lines
    payments = [line for line in lines if line.startswith('{"payment_id"')]
    assert len(payments) == 2 and payments[0] == payments[1], "the repeat is the same bytes"
    for word in ("partially_captured", "partially_refunded", "pending", "captured", "payable:USD", "debit", "credit"):
        assert word in done.stdout, f"{word} is missing in: {story}"
    shown = client.get("/api/v1/payments").json()["data"]
    assert [payment["amount"] for payment in shown] == [7700, 10000, 2500, 10000]
    assert (shown[1]["captured_amount"], shown[1]["voided_amount"], shown[1]["refunded_amount"]) == (6000, 4000, 1500)
    assert world.simulator.duplicates() == []
