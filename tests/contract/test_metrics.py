"""What a running gateway counts, what the page says it counts, and the alerts that read it."""

import pathlib
import re
import subprocess

import pytest
import yaml

from harness.client import request

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
ALERTS = yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text())["groups"][0]["rules"]
ROWS = dict(re.findall(r"^\| `((?:florin|process)_[a-z_]+)` \| [^|]+ \| ([^|]*) \|$", PAGE, re.M))


def scraped(gateway):
    return request(gateway.port, "GET", "/metrics").text


def promtool(*arguments, text=None):
    return subprocess.run([ROOT / "tools" / "promtool.sh", *arguments], input=text, capture_output=True, text=True,
                          cwd=ROOT, timeout=300)


def test_the_page_and_a_running_gateway_name_the_same_metrics(gateway):
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", scraped(gateway), re.M))
    helped = set(re.findall(r"^# HELP (\S+) \S", scraped(gateway), re.M))
    assert set(types) == helped == set(ROWS)


def test_promtool_finds_nothing_wrong_with_what_is_scraped(gateway, merchant):
    merchant.pay()
    checked = promtool("check", "metrics", text=scraped(gateway))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_promtool_would_find_something():
    bad = "# TYPE florin_payments counter\nflorin_payments 1\n"
    assert promtool("check", "metrics", text=bad).returncode != 0


def test_process_metrics_are_this_process(gateway):
    values = dict(re.findall(r"^(process_\w+) (\S+)$", scraped(gateway), re.M))
    assert 1 << 20 < float(values["process_resident_memory_bytes"]) < 1 << 34
    assert 3 < float(values["process_open_fds"]) < float(values["process_max_fds"])
    started = pathlib.Path(f"/proc/{gateway.child.pid}").stat().st_mtime
    assert abs(float(values["process_start_time_seconds"]) - started) < 3600
    assert re.search(r'^florin_build_info\{version="\d+\.\d+\.\d+"\} 1$', scraped(gateway), re.M)


def test_a_payment_is_counted(gateway, merchant):
    name = 'florin_operations_total{kind="sale",outcome="approved",psp="stripe"}'

    def count():
        found = re.search(re.escape(name) + r" (\S+)", scraped(gateway))
        return float(found[1]) if found else 0
    before = count()
    assert merchant.pay().status == 200
    assert count() == before + 1


def test_the_alert_rules_are_valid_and_do_what_their_tests_say():
    for arguments in (["check", "rules", "docs/alerts.yml"], ["test", "rules", "docs/alerts_test.yml"]):
        checked = promtool(*arguments)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", [name for name, when in ROWS.items() if when.strip()])
def test_what_the_page_says_to_look_at_has_an_alert(name):
    assert any(re.search(rf"\b{name}(_bucket|_count)?\b", rule["expr"]) for rule in ALERTS)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_reads_what_exists_and_leads_to_its_section(rule):
    read = set(re.findall(r"\b(?:florin|process)_[a-z_]+", rule["expr"]))
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in read} <= set(ROWS)
    assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert f"\n#### {rule['alert']}\n" in PAGE
    assert rule["labels"]["severity"] in ("page", "ticket")
