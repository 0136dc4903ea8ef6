"""The life of the processes: drain, kill -9, two gateways on one database, an unsafe server refused, logs without secrets."""

import contextlib
import os
import signal
import threading

import pytest

from harness.client import Client, new_key
from harness.processes import Gateway, World, wait_until


@pytest.fixture
def own():
    with World({"payments": {"answer_within_ms": 5000, "psp_deadline_ms": 6000}}) as world:
        yield world


def test_sigterm_drains_what_was_accepted(own):
    merchant = own.gateway.merchant_client()
    own.simulator.settings(latency={"kind": "fixed", "mean_ms": 1000})
    answers = []
    crowd = threading.Thread(target=lambda: answers.extend(merchant.pay_in_parallel(20, lambda n: new_key())))
    crowd.start()
    wait_until("the calls are under way", lambda: merchant.get("/api/v1/payments?limit=100").json()["data"].__len__() == 20)
    assert own.gateway.terminate() == 0
    crowd.join()
    assert {answer.status for answer in answers} == {200}


def test_postgresql_killed_alone_comes_back_and_the_gateway_goes_on(own):
    merchant = own.gateway.merchant_client()
    assert merchant.pay().status == 200
    before = own.gateway.postmaster()
    os.kill(before, signal.SIGKILL)

    def pays():
        with contextlib.suppress(OSError):
            return merchant.pay().status == 200
    # Orphaned backends may answer for a moment; then the gateway starts PostgreSQL again.
    wait_until("PostgreSQL is another process", lambda: own.gateway.find_postmaster() not in (None, before), 60, 0.1)
    wait_until("payments go through again", pays, 60, 0.3)
    assert own.gateway.alive()


def test_everything_killed_heals_at_the_next_start(own):
    merchant = own.gateway.merchant_client()
    payment_id = merchant.pay()["payment_id"]
    own.gateway.kill_with_database()
    own.gateway.start()
    assert merchant.payment(payment_id)["status"] == "captured"


def test_an_orphaned_postgresql_is_adopted(own):
    merchant = own.gateway.merchant_client()
    payment_id = merchant.pay()["payment_id"]
    own.gateway.kill()
    own.gateway.start()
    assert merchant.payment(payment_id)["status"] == "captured"
    assert own.gateway.terminate() == 0


def test_two_gateways_on_one_database_share_keys_and_race_to_one_charge(own):
    url = own.gateway.application_url()
    with Gateway(own.directory, own.simulator, "second", "api", database_url=url).started() as second:
        merchant = own.gateway.merchant_client()
        other = Client(second.port, merchant.secret)
        keys = [new_key() for _ in range(30)]
        results = {}
        threads = [threading.Thread(target=lambda c=client, n=name: results.__setitem__(
            n, c.pay_in_parallel(120, lambda i: keys[i % 30]))) for name, client in (("a", merchant), ("b", other))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for number, key in enumerate(keys):
            answers = [answer for side in results.values() for answer in side[number::30]]
            assert {answer.status for answer in answers} <= {200, 202, 409}
            final = {answer.text for answer in answers if answer.status == 200}
            assert len(final) == 1
            assert merchant.pay(key).text == other.pay(key).text == final.pop()
    assert not own.simulator.duplicates()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_an_unsafe_server_is_refused_with_the_setting_and_the_mend(own, setting):
    with own.gateway.database() as database:
        database.execute(f"alter system set {setting} = off")
        database.execute("select pg_reload_conf()")
    second = Gateway(own.directory, own.simulator, "second", "api", database_url=own.gateway.application_url())
    second.start(ready=False)
    assert wait_until("it refuses to start", lambda: second.child.poll() is not None, 30)
    assert second.child.returncode != 0 and setting in second.log()


def test_logs_are_json_lines_without_secrets(own):
    import json
    merchant = own.gateway.merchant_client()
    merchant.pay(description="a description that is nobody's business")
    lines = [line for line in own.gateway.log().splitlines() if line.startswith("{")]
    assert lines and all(json.loads(line)["event"] for line in lines)
    for secret in (merchant.secret, "sk_test_simulator", "nobody's business", "a-pepper-of-the-tests"):
        assert secret not in own.gateway.log()


def test_metrics_have_the_documented_names(own):
    from harness.client import request
    merchant = own.gateway.merchant_client()
    merchant.pay()
    text = request(own.gateway.port, "GET", "/metrics").text
    for name in ("florin_operations_total", "florin_psp_call_seconds", "florin_commit_items", "florin_commit_seconds",
                 "florin_queue_depth", "florin_open_operations"):
        assert f"# HELP {name} " in text, name


def refusal_of(gateway):
    gateway.start(ready=False)
    wait_until("it refuses", lambda: gateway.child.poll() is not None, 30)
    lines = [line for line in gateway.log().splitlines() if not line.startswith("{")]  # but for warnings in the log
    assert gateway.child.returncode != 0 and len(lines) == 1, lines
    return lines[0]


def test_a_second_gateway_on_the_same_data_is_refused_in_one_line_that_names_it(own):
    second = Gateway(own.directory, own.simulator, "second")
    second.data = own.gateway.data
    assert f"process {own.gateway.child.pid}" in refusal_of(second)


def test_a_port_in_use_is_refused_in_one_line_that_names_it(own):
    second = Gateway(own.directory, own.simulator, "second", "api", database_url=own.gateway.application_url())
    second.port = own.gateway.port
    assert str(own.gateway.port) in refusal_of(second)
