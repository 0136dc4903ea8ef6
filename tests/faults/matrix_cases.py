"""The combinations of the crash matrix: where a process is cut, what it was doing, who comes afterwards, which PSP."""

import dataclasses

from harness.client import AUTHORIZATION, SALE, new_key

CREATIONS, MODIFICATIONS = ("sale", "authorize"), ("capture", "partial_capture", "void", "refund")
KINDS = CREATIONS + MODIFICATIONS
FOLLOW_UPS = ("same_node", "other_node", "two_at_once", "nobody", "webhook_first", "changed_body")
# How the PSP treats a used key. In `in_flight` its answer takes longer than the lease, so that a repeat meets 409; in
# `expired` whoever comes finds the key forgotten. Under the last two nobody may repeat: only a look proves.
MODES = {"stripe": "stripe", "in_flight": "stripe", "expired": "stripe", "store_2xx_only": "store-2xx-only", "none": "none"}
REPEATS_ARE_UNSAFE = ("store_2xx_only", "none")


@dataclasses.dataclass(frozen=True)
class Point:
    """Where something fires. `{n}` of the plan is how many operations come there together."""

    name: str
    plan: str
    reach: str = "first"  # the first request, or a stage that needs an earlier trouble: resolver, adopter, next_attempt
    kinds: tuple = KINDS
    fault: str = ""  # of the simulator, so that the first call gets there
    fires: str = "dies"  # or "goes_on" (an error is thrown), or "stops" (SIGSTOP)
    row: str = ""  # of the catalogue, correctness.md 2.3

    @property
    def id(self):
        return f"{self.reach}:{self.name}" + (f":{self.fault}" if self.fault else "") + \
            ("" if self.fires == "dies" else f":{self.fires}")

    @property
    def is_behind_the_call(self):
        return int(self.row[1:]) >= 10

    @property
    def is_executed(self):
        """Whether all were cut after the PSP had executed them, where its answers take no time."""
        return self.reach != "next_attempt" and int(self.row[1:]) >= 8


def gathered(name, **more):
    """All are cut exactly there."""
    return Point(name.split(".")[0] if more.get("reach") else name, f"{name}=gather:{{n}}", **more)


def in_batch(barrier, name, kinds=KINDS, action="crash", **more):
    """All are written by one statement, at which it fires."""
    return Point(name, f"{barrier}=barrier:{{n}},{name}={action}@1", kinds=kinds, **more)


FIRST = [
    gathered("connection_accepted", row="C0"), gathered("request_read.POST", row="C1"),
    gathered("before_intent_commit", row="C1"),
    *(in_batch("before_intent_commit", f"{point}.{statement}", kinds, row=row)
      for statement, kinds in (("intent", CREATIONS), ("reserve", MODIFICATIONS))
      for point, row in (("before_batch", "C2"), ("statement_sent", "C3"), ("after_batch", "C3"))),
    gathered("after_intent_commit", row="C4"), gathered("before_psp_call", row="C4"), gathered("psp_connected", row="C5"),
    gathered("psp_request_half_sent", row="C6"),
    gathered("psp_request_sent", fault="delayed_processing", row="C7"),
    gathered("psp_request_sent", fault="hang_after_processing", row="C8"),
    gathered("psp_answer_part_read", fault="half_body", row="C9"),
    gathered("after_psp_answer", row="C10"), gathered("before_outcome_commit", row="C10"),
    in_batch("before_outcome_commit", "before_batch.settle", row="C11"),
    in_batch("before_outcome_commit", "statement_sent.settle", row="C12"),
    in_batch("before_outcome_commit", "after_batch.settle", row="C12"),
    gathered("after_outcome_commit", row="C13"), gathered("before_answer", row="C13"),
    gathered("answer_half_sent", row="C14"),
]
ERRORS = [
    *(in_batch("before_intent_commit", f"{point}.{statement}", kinds, "error", fires="goes_on", row=row)
      for statement, kinds in (("intent", CREATIONS), ("reserve", MODIFICATIONS))
      for point, row in (("before_batch", "C2"), ("statement_sent", "C3"))),
    in_batch("before_outcome_commit", "before_batch.settle", action="error", fires="goes_on", row="C11"),
    in_batch("before_outcome_commit", "statement_sent.settle", action="error", fires="goes_on", row="C12"),
    *(Point(name, f"{name}=error", fires="goes_on", row=row)
      for name, row in (("after_intent_commit", "C4"), ("psp_request_sent", "C7"), ("after_psp_answer", "C10"),
                        ("before_outcome_commit", "C10"), ("after_outcome_commit", "C13"))),
]
STOPS = [
    in_batch("after_intent_commit", "before_psp_call", action="hang", fires="stops", row="C4"),
    in_batch("before_outcome_commit", "before_batch.settle", action="hang", fires="stops", row="C11"),
]
RESOLVER = [
    Point("resolver_after_take", "resolver_after_take=crash@1", "resolver", row="C18"),
    *(Point(name, f"{name}=crash@{{some}}", "resolver", row="C18")
      for name in ("resolver_before_call", "resolver_after_answer", "resolver_before_commit", "resolver_after_commit")),
]
ADOPTER = [gathered(name, reach="adopter", row="C18")
           for name in ("before_adopting_take", "after_adopting_take", "resolver_before_call", "resolver_after_answer",
                        "resolver_before_commit", "resolver_after_commit")]
NEXT = [gathered(name, reach="next_attempt", row="C4") for name in ("before_next_attempt_commit", "after_next_attempt_commit")]
POINTS = FIRST + ERRORS + STOPS + RESOLVER + ADOPTER + NEXT


def applies(point, mode):
    """What cannot come together: an answer that takes longer than the lease is never half read, nor settles anything."""
    return mode != "in_flight" or not (point.fault or point.reach != "first" or point.name.endswith(".settle"))


@dataclasses.dataclass
class Case:
    """One payment in one combination."""

    kind: str
    follow_up: str
    base: dict = None  # the payment that a modification is of
    key: str = dataclasses.field(default_factory=new_key)
    answers: list = dataclasses.field(default_factory=list)  # (changed?, Answer) in the order in which they came

    def request(self, changed=False):
        """(path, body); the changed one carries the same key."""
        payment = f"/api/v1/payments/{self.base['payment_id']}" if self.base else ""
        return {
            "sale": ("/api/v1/payments", {**SALE, "amount": 10001} if changed else SALE),
            "authorize": ("/api/v1/payments", {**AUTHORIZATION, "amount": 10001} if changed else AUTHORIZATION),
            "capture": (f"{payment}/capture", {"amount": 9999} if changed else {}),
            "partial_capture": (f"{payment}/capture", {"amount": 4001 if changed else 4000}),
            "void": (f"{payment}/capture" if changed else f"{payment}/void", {}),
            "refund": (f"{payment}/refund", {"amount": 3001 if changed else 3000}),
        }[self.kind]

    def expected(self, changed):
        """What the payment's amounts must be once the request has gone through."""
        amount = 10001 if changed else 10000
        captured = {"capture": 9999 if changed else 10000, "partial_capture": 4001 if changed else 4000,
                    "void": 10000 if changed else 0, "sale": amount, "authorize": 0, "refund": 10000}[self.kind]
        refunded = (3001 if changed else 3000) if self.kind == "refund" else 0
        return {"authorized_amount": amount if self.kind in CREATIONS else 10000, "captured_amount": captured,
                "refunded_amount": refunded}


def cases_of(point):
    """Each kind with each follow-up."""
    return [Case(kind, follow_up) for kind in point.kinds for follow_up in FOLLOW_UPS]
