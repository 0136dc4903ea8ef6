"""GET /balance: what is owed to the merchant and what is held for it, per currency."""


def balance(merchant):
    return {row["currency"]: (row["payable"], row["authorized"]) for row in merchant.get("/api/v1/balance")["data"]}


def test_nothing_was_ever_held_or_owed_without_a_payment(merchant):
    assert merchant.get("/api/v1/balance").json() == {"live": False, "data": []}
    merchant.pay(payment_method="pm_card_visa_chargeDeclined")
    assert balance(merchant) == {}


def test_what_is_held_is_shown_beside_what_is_owed_and_stays_as_a_row_of_zeros(merchant):
    payment_id = merchant.authorize(multiple_captures=True)["payment_id"]
    assert balance(merchant) == {"USD": (0, 10000)}
    merchant.capture(payment_id, amount=4000)
    assert balance(merchant) == {"USD": (4000 - 146, 6000)}, "the fee of 2.9 % and 0.30 is Florin's"
    merchant.void(payment_id)
    assert balance(merchant) == {"USD": (4000 - 146, 0)}
    merchant.refund(payment_id, amount=1000)
    assert balance(merchant) == {"USD": (3000 - 146, 0)}, "fees stay on a refund"
    merchant.refund(payment_id)
    assert balance(merchant) == {"USD": (-146, 0)}, "the merchant owes what its refunds cost"
    other = merchant.authorize(currency="EUR")["payment_id"]
    merchant.void(other)
    assert balance(merchant) == {"EUR": (0, 0), "USD": (-146, 0)}
