"""florin psp-events list, show and replay: what an operator sees of events of PSPs, and tries again."""

import json

from harness.webhooks import event, send, value


def rows(gateway, *arguments):
    return json.loads(gateway.cli("psp-events", *arguments, "--json").stdout)["data"]


def park(database, event_id):
    with database.gateway.database() as connection:
        connection.execute("update open_psp_events set parked = true, why = 'unknown payment' where event_id = %s", (event_id,))


def test_an_operator_sees_what_waits_and_tries_it_again(database, receiver):
    document = event(type="charge.captured")
    assert send(receiver, document).status == 200
    event_id = document["id"]
    park(database, event_id)
    assert {"event_id": event_id, "state": "parked", "why": "unknown payment", "type": "charge.captured"}.items() <= \
        next(row for row in rows(receiver, "list", "--parked") if row["event_id"] == event_id).items()
    assert event_id in [row["event_id"] for row in rows(receiver, "list", "--since", "1h", "--limit", "1000")]
    assert event_id in receiver.cli("psp-events", "list").stdout
    shown = rows(receiver, "show", event_id)
    assert json.loads(shown[0]["body"]) == document and rows(receiver, "show", shown[0]["id"]) == shown

    assert [row["event_id"] for row in rows(receiver, "replay", event_id)] == [event_id]
    assert rows(receiver, "list", "--parked") == []
    again = receiver.cli("psp-events", "replay", event_id)
    assert again.stdout == "" and "1 of 1 wait already" in again.stderr
    park(database, event_id)
    assert [row["event_id"] for row in rows(receiver, "replay", "--parked")] == [event_id]
    assert value(database, "select count(*) from admin_audit_log where action = 'psp_event.replay' and subject = %s and "
                           "actor like 'cli:%%' and details ->> 'was' = 'parked'", event_id) == 2


def test_an_operator_who_errs_is_told(receiver):
    for arguments, code, words in [(["show", "evt_nobody"], 1, "There is no event evt_nobody"),
                                   (["replay", "evt_nobody"], 1, "There is no event evt_nobody"),
                                   (["replay"], 2, "--parked"), (["replay", "evt_1", "--parked"], 2, "say which"),
                                   (["list", "--since", "soon"], 2, "--since must be"), (["list", "--limit", "0"], 2, "--limit")]:
        done = receiver.cli("psp-events", *arguments, check=False)
        assert done.returncode == code and words in done.stderr, (arguments, done)
    known = {row["command"] for row in json.loads(receiver.cli("commands", "--json").stdout)["data"]}
    assert {"florin psp-events list", "florin psp-events show", "florin psp-events replay"} <= known
    assert "florin psp-events replay evt_" in receiver.cli("psp-events", "replay", "--help").stdout
