"""Sales and authorizations through Stripe's official library."""

CARD = {"payment_method_types": ["card"], "capture_method": "automatic"}
SEVERAL = {"card": {"request_multicapture": "if_available"}}


def sale(library, method="pm_card_visa", **changes):
    arguments = {"amount": 1999, "currency": "usd", "payment_method": method, "confirm": True, **CARD, **changes}
    return library.PaymentIntent.create(**{name: value for name, value in arguments.items() if value is not None})


def hold(library, method="pm_card_visa", **changes):
    """An authorization of 1000, its charge expanded."""
    arguments = {"amount": 1000, "capture_method": "manual", "expand": ["latest_charge"], **changes}
    return sale(library, method, **arguments)
