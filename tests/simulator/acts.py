"""Every operation that moves money, as one bare call that can be repeated."""

from running_simulator import SALE

SEVERAL = {"payment_method_options[card][request_multicapture]": "if_available"}


def held(simulator, **changes):
    return simulator.sale(capture_method="manual", **changes).json["id"]


class Act:
    """One operation, ready to be called again and again with one key."""

    def __init__(self, simulator, operation):
        self.simulator, self.operation = simulator, operation
        self.kind = {"sale": "charge", "part": "capture"}.get(operation, operation)
        self.path, self.parameters = self.prepared()

    def prepared(self):
        if self.operation in ("sale", "authorize"):
            method = {"capture_method": "manual" if self.operation == "authorize" else "automatic"}
            return "/v1/payment_intents", {**SALE, **method, "metadata[florin_payment]": "pay_1"}
        if self.operation == "refund":
            paid = self.simulator.sale().json["id"]
            return "/v1/refunds", {"payment_intent": paid, "amount": "999", "metadata[florin_payment]": "pay_1"}
        several = SEVERAL if self.operation == "part" else {}
        path = f"/v1/payment_intents/{held(self.simulator, **several, **{'metadata[florin_payment]': 'pay_1'})}"
        if self.operation == "void":
            return f"{path}/cancel", {"cancellation_reason": "abandoned"}
        final = {"final_capture": "false"} if self.operation == "part" else {}
        return f"{path}/capture", {"amount_to_capture": "999", **final}

    def __call__(self, timeout=30):
        return self.simulator.stripe("POST", self.path, self.parameters, f"op_{self.operation}-1", timeout=timeout)

    def done(self):
        return sum(row["kind"] == self.kind for row in self.simulator.control("GET", "truth")["data"])
