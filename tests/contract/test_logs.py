"""The log: every event stands on the page, every field was thought about, and nothing of a payer is in it."""

import json
import pathlib
import re

from harness.client import new_key
from harness.processes import wait_until

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
CALL = re.compile(r"\blog\(\s*(.*?)\);", re.S)
# Ids, numbers, words of ours, and the two that repeat a PSP's or an exception's words (escaped and cut).
FIELDS = set("""
    account actor age_ms amount attempt call client_request complete currency data delay_ms delivery due endpoint event
    evidence file found items key kind merchant method migration mode modifications_refused ok operation outcome payment
    payments_refused peer port proven psp psp_reference reads_refused request result role route scheme signal sqlstate
    status step trace tries type us wanted what why
""".split())


def calls():
    for path in sorted((ROOT / "src").rglob("*.cpp")):
        if path.name.endswith("_test.cpp") or path.parent.name == "observe":
            continue
        for call in CALL.findall(path.read_text()):
            if re.search(r"Level::|level_of\(", call):
                yield path.relative_to(ROOT), call


def test_the_page_and_the_source_name_the_same_events():
    table = PAGE.split("### Logs")[1].split("### Alerts")[0]
    documented = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`([a-z_.]+)`", row)}
    logged = {name for _, call in calls() for name in re.findall(r'(?<!\{)"([a-z_]+\.[a-z_]+)"', call)}
    logged |= {name for _, call in calls() for name in re.findall(r'Level::\w+, "([a-z]+)"', call)}
    assert logged == documented


def test_no_call_logs_a_field_that_nobody_thought_about():
    used = {(str(path), name) for path, call in calls() for name in re.findall(r'\{"([a-z_]+)",', call)}
    assert len(used) > 50
    assert {(path, name) for path, name in used if name not in FIELDS} == set()


def test_a_payment_leaves_ids_in_the_log_and_nothing_of_the_payer(gateway, merchant):
    private = {"description": "for jane.private@example.test", "metadata": {"hush_name": "hush value"},
               "payment_method": "pm_card_visa", "return_url": "https://shop.example.test/hush"}
    begin = len(gateway.log())
    payment = merchant.pay(new_key(), **private)
    assert payment.status == 200
    refused = merchant.pay(new_key(), **{**private, "hush_field": 1})
    assert refused.status == 400
    wait_until("the last request is logged", lambda: refused.headers["x-request-id"] in gateway.log()[begin:])
    written = gateway.log()[begin:]
    for text in ("jane", "hush", "shop.example", "pm_card", merchant.secret, "sk_test_"):
        assert text not in written
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    mine = [line for line in lines if payment["payment_id"] in line.values()]
    assert [line["event"] for line in mine] == ["psp.call", "operation.settled"]
    one = [line for line in lines if line.get("request") == payment.headers["x-request-id"]]
    assert [line["event"] for line in one] == ["operation.settled", "http.request"]
