"""What API, ledger and the PSP's truth say of a payment, and that they say the same."""

from harness.processes import wait_until


def truth_of(simulator, payment_id):
    """What the PSP holds, took and gave back, from the movements that it made."""
    return amounts_of_truth(simulator.truth(payment_id))


def amounts_of_truth(rows):
    taken = [row for row in rows if row["kind"] in ("charge", "authorize")]
    captured = sum(row["captured"] for row in rows if row["kind"] in ("charge", "capture"))
    refunded = sum(row["refunded"] for row in rows if row["kind"] == "refund")
    released = sum(row["amount"] for row in rows if row["kind"] == "void")
    return {"taken": len(taken), "authorized": sum(row["amount"] for row in taken), "captured": captured,
            "refunded": refunded, "released": released, "held": any(row["status"] == "authorized" for row in taken)}


def amounts_of(document):
    return {name: document[f"{name}_amount"] for name in ("authorized", "captured", "refunded", "voided")}


def held(document):
    return document["authorized_amount"] - document["captured_amount"] - document["voided_amount"]


def books_of(client, payment_id):
    """Sums of the payment's entries: what the PSP owes and keeps, what is ours to pay and keep, and the two memos."""
    sums = {"psp": 0, "ours": 0, "psp memo": 0, "merchant memo": 0}
    for row in client.get(f"/api/v1/payments/{payment_id}/ledger").json()["data"]:
        is_memo, is_psp = ":authorized:" in row["account"], ":psp:" in row["account"]
        side = ("psp memo" if is_psp else "merchant memo") if is_memo else ("psp" if is_psp else "ours")
        sums[side] += row["amount"] if row["entry_type"] == "debit" else -row["amount"]
    return sums


def is_quiet(client, payment_id):
    return all(row["outcome"] for row in client.operations(payment_id))


def quiet(client, payment_id, seconds=180):
    """The payment once none of its operations is open."""
    try:
        wait_until(f"nothing of {payment_id} is open", lambda: is_quiet(client, payment_id), seconds, 0.1)
    except AssertionError as late:
        raise AssertionError(f"{late}: {client.operations(payment_id)}") from None
    return client.payment(payment_id).json()


def agree(simulator, client, payment_id):
    """The document of a quiet payment, after comparing it with ledger and truth."""
    document, truth = client.payment(payment_id).json(), truth_of(simulator, payment_id)
    amounts, still_held = amounts_of(document), held(document)
    if document["status"] == "failed" and not truth["captured"]:
        truth["authorized"] -= truth.pop("released")  # held at the PSP, and lapsed there before anybody learned of it
    else:
        assert truth["taken"] < 2, f"executed twice: {document} {truth}"
        # A capture that is final at the PSP releases the rest without a movement of its own.
        assert truth["taken"] == 1 and amounts["voided"] >= truth["released"], (document, truth)
    for name in ("authorized", "captured", "refunded"):
        assert amounts[name] == truth[name], (name, document, truth)
    assert truth["held"] == (still_held > 0), (document, truth)
    net = amounts["captured"] - amounts["refunded"]
    assert books_of(client, payment_id) == {"psp": net, "ours": -net, "psp memo": still_held,
                                            "merchant memo": -still_held}, document
    return document


def verified(gateway):
    done = gateway.verify()
    assert done.returncode == 0, done.stdout + done.stderr
