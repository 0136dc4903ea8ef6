"""A payment as plain arithmetic: what each operation must answer and leave behind. For sequences without overlap."""

import dataclasses

UNIT = {"KWD": 10, "BHD": 10}  # the PSP takes three-decimal amounts in tens
CURRENCIES = ["USD", "EUR", "GBP", "JPY", "KRW", "CHF", "SEK", "KWD", "BHD", "AUD", "CAD", "MXN"]
OK, NOT_ALLOWED, OUT_OF_RANGE = (200, None), (422, "operation_not_allowed"), (422, "amount_out_of_range")


@dataclasses.dataclass
class Model:
    amount: int
    currency: str
    capture_at_once: bool
    multiple_captures: bool
    authorized: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0

    @property
    def held(self):
        return self.authorized - self.captured - self.voided

    @property
    def status(self):
        if self.refunded:
            return "refunded" if self.refunded == self.captured else "partially_refunded"
        if self.captured:
            return "captured" if self.captured == self.authorized else "partially_captured"
        return "authorized" if self.held else "voided"

    @property
    def amounts(self):
        return {"authorized": self.authorized, "captured": self.captured, "refunded": self.refunded, "voided": self.voided}

    def create(self):
        self.authorized = self.amount
        self.captured = self.amount if self.capture_at_once else 0

    def capture(self, amount=None, final=None):
        taken = self.held if amount is None else amount
        if not self.held:
            return NOT_ALLOWED
        if taken > self.held:
            return OUT_OF_RANGE
        is_final = taken == self.held or (not self.multiple_captures if final is None else final)
        if not is_final and not self.multiple_captures:
            return NOT_ALLOWED
        self.captured += taken
        self.voided += self.held if is_final else 0
        return OK

    def void(self):
        if not self.held:
            return NOT_ALLOWED
        self.voided += self.held
        return OK

    def refund(self, amount=None):
        left = self.captured - self.refunded
        if not left:
            return NOT_ALLOWED
        if amount is not None and amount > left:
            return OUT_OF_RANGE
        self.refunded += left if amount is None else amount
        return OK


def random_payment(dice):
    currency = dice.choice(CURRENCIES)
    capture_at_once = dice.random() < 0.4
    return Model(amount=dice.randrange(100, 10_000) * 10, currency=currency, capture_at_once=capture_at_once,
                 multiple_captures=not capture_at_once and dice.random() < 0.6)


def random_operation(dice, model):
    """Kind and fields of an operation that is often legal, and sometimes beyond a limit."""
    kind = dice.choices(["capture", "void", "refund"], [5, 1, 4])[0]
    if kind == "void":
        return kind, {}
    limit = model.held if kind == "capture" else model.captured - model.refunded
    unit = UNIT.get(model.currency, 1)
    fields = {}
    if dice.random() < 0.8:
        shares = [dice.random() * 0.5, dice.random(), 1, 1 + dice.random() * 0.2]
        fields["amount"] = max(unit, int(max(limit, 1) * dice.choice(shares)) // unit * unit)
    if kind == "capture" and dice.random() < 0.3:
        fields["final"] = dice.random() < 0.5
    return kind, fields
