"""One group of the crash matrix: all kinds and follow-ups cut at one point together, followed up, settled and checked."""

import itertools

from faults.matrix_cases import CREATIONS, cases_of
from faults.matrix_events import HeldEvents
from harness.agreement import agree
from harness.client import AUTHORIZATION, SALE
from harness.cluster import LEASE_S
from harness.processes import wait_until
from harness.virtual_time import HOUR

FINAL = (200, 402, 422)
WITHOUT_A_WORD = (0, 409, 503)  # about what was asked: no answer at all, something else under way, nobody knows
ROUNDS = 12
DELAY_S = LEASE_S + 9  # until the PSP processes what it was sent


class Group:
    def __init__(self, world, mode, point, dice):
        self.world, self.mode, self.point, self.dice = world, mode, point, dice
        self.cases = cases_of(point)
        dice.shuffle(self.cases)
        self.fired_before = self.fired()

    def run(self):
        """The broken promises, one sentence each."""
        self.prepare()
        self.reach()
        self.come_afterwards()
        self.settle()
        broken = [*self.check_fired(), *self.check_cases(), *self.check_world()]
        return [f"{self.mode} {self.point.id}: {sentence}" for sentence in broken]

    # --- before -----------------------------------------------------------------------------------------------------

    def prepare(self):
        """What the modifications are of."""
        modified = [case for case in self.cases if case.kind not in CREATIONS]
        requests = [(self.world.second, "/api/v1/payments", SALE if case.kind == "refund" else AUTHORIZATION, case.key + "-base")
                    for case in modified]
        wait_until("what is modified is paid", lambda: self.is_paid(modified, requests), 120)
        self.payments_before = self.world.value("select count(*) from payments") - len(modified)
        self.held_events = HeldEvents(self.world)

    def is_paid(self, modified, requests):
        answers = self.world.post_all(requests)
        assert {answer.status for answer in answers} <= {200, 202}, [answer.text for answer in answers]
        for case, answer in zip(modified, answers):
            case.base = answer.json()
        return all(answer.status == 200 for answer in answers)

    # --- the crash --------------------------------------------------------------------------------------------------

    def node(self):
        """Who is cut."""
        return self.world.worker if self.point.reach == "resolver" else self.world.first

    def fired(self):
        name = self.point.plan.split(",")[-1].split("=")[0]
        return self.node().plan.fired(name)

    def plan(self):
        looks_once = self.mode != "stripe" and not self.point.name.endswith("commit")  # one look-up for all of them
        return self.point.plan.format(n=len(self.cases), some=1 if looks_once else self.dice.randrange(1, 6))

    def reach(self):
        world = self.world
        if self.mode == "expired" or self.point.reach == "adopter":
            world.worker.kill()
        if self.mode == "in_flight":
            world.simulator.settings(latency={"kind": "fixed", "mean_ms": (LEASE_S + 6) * 1000})
        if self.point.fault:
            delay = {"delay_ms": DELAY_S * 1000} if self.point.fault == "delayed_processing" else {}
            world.simulator.fault(self.point.fault, operation="*", times=10 * len(self.cases), **delay)
        getattr(self, f"reach_{self.point.reach}")()
        world.simulator.heal()
        world.simulator.settings(latency={"kind": "none"})

    def send_first(self, timeout=60):
        answers = self.world.post_all([(self.world.first, *case.request(), case.key) for case in self.cases], timeout)
        for case, answer in zip(self.cases, answers):
            case.answers.append((False, answer))

    def reach_first(self):
        first, asked = self.world.first, self.world.first.plan.arrived("psp_request_sent")
        first.plan.arm(self.plan())
        self.sending = self.world.in_background(self.send_first)
        # No clock is moved while requests are on their way to the point: their deadlines are of that clock.
        if self.mode == "in_flight" and self.point.is_behind_the_call:
            wait_until("all have asked the PSP", lambda: first.plan.arrived("psp_request_sent") >= asked + len(self.cases), 60)
            self.time_goes_on_until(self.is_reached)
        else:
            wait_until(self.point.id, self.is_reached, 60)
        if self.point.fires != "stops":  # who waits for a stopped process waits until it goes on
            self.time_goes_on_until(self.sending.done)
            self.sending.result()
            first.plan.disarm()

    def is_reached(self):
        return not self.world.first.alive() if self.point.fires == "dies" else self.fired() > self.fired_before

    def reach_resolver(self):
        """The first calls are not answered; whoever resolves them dies."""
        worker = self.world.worker
        worker.plan.arm(self.plan())
        self.world.simulator.fault("drop_after_processing", operation="*", times=len(self.cases))
        self.send_first()
        self.world.time.advance(self.absence())
        if not worker.alive():
            worker.start(ready=False)
        self.died(worker)
        worker.restart()

    def reach_adopter(self):
        """The first process dies, and so does the one that adopts what it left."""
        first = self.world.first
        first.plan.arm(f"after_psp_answer=gather:{len(self.cases)}")
        self.send_first()
        self.died(first)
        first.restart()
        self.world.time.advance(self.absence())
        first.plan.arm(self.plan())
        self.send_first()
        self.died(first)

    def reach_next_attempt(self):
        """Proven not executed; the repeat that opens the next attempt dies."""
        fault = self.world.simulator.fault("rate_limit", operation="*", times=len(self.cases))
        self.send_first()
        wait_until("nothing was executed", lambda: self.world.simulator.hits(fault) == len(self.cases) and
                   not self.world.open_operations(), 60)
        self.world.first.plan.arm(self.plan())
        self.send_first()
        self.died(self.world.first)

    def absence(self):
        """How long nobody comes: past the lease, or past the life of the PSP's keys."""
        return 25 * HOUR if self.mode == "expired" else LEASE_S

    def died(self, node):
        self.time_goes_on_until(lambda: not node.alive())

    def time_goes_on_until(self, condition):
        """What leads there may wait for a deadline: always where the PSP is slow, else only where something went wrong."""
        look = 0.05 if self.mode == "in_flight" else 1
        self.world.time.advance_until(self.point.id, condition, step=1, limit=120, look=look)

    # --- who comes afterwards ---------------------------------------------------------------------------------------

    def come_afterwards(self):
        world = self.world
        self.send_events()
        if self.point.fires == "dies" and not world.first.alive():
            world.first.restart()
        if self.point.fault == "delayed_processing" and self.absence() > DELAY_S:
            # A jump over it would let the PSP execute a request that is older than any request lives.
            world.time.advance(DELAY_S + 1)
            wait_until("the PSP has processed what was delayed", lambda: all(map(self.is_executed, self.cases)), 60, 0.2)
        world.time.advance(self.absence())
        if not world.worker.alive():
            world.worker.start()
        for _ in range(ROUNDS):
            waiting = [case for case in self.cases if not self.has_ended(case)]
            if not waiting:
                return
            self.ask_again(waiting)
            world.time.advance(5)

    def is_executed(self, case):
        operation = self.world.value("select operation_id from idempotency_keys where key = %s", case.key)
        return bool(self.world.simulator.truth(f"op_{operation}"))

    def send_events(self):
        """The PSP's own word reaches the gateway before anybody repeats, and is heard while the lease still stands."""
        cases = [case for case in self.cases if case.follow_up == "webhook_first"]
        payments = {case.base["payment_id"] if case.base else self.world.payment_of_key(case.key) for case in cases}
        if self.point.is_executed and self.mode != "in_flight":
            self.held_events.wait_for(payments)
        self.held_events.send_of(payments, self.dice)

    def askers(self, case):
        first = self.world.second if self.point.fires == "stops" else self.world.first
        return {"same_node": [(first, False)], "other_node": [(self.world.second, False)],
                "two_at_once": [(first, False), (self.world.second, False)], "nobody": [], "webhook_first": [],
                "changed_body": [(self.world.second, True)]}[case.follow_up]

    def has_ended(self, case):
        """Final for each who asks; one that was answered before the crash need not ask again, but does once."""
        asked = [changed for changed, answer in case.answers[1:] if answer.status in FINAL]
        return len(asked) >= len(self.askers(case))

    def ask_again(self, cases):
        asked = [(case, node, changed) for case in cases for node, changed in self.askers(case)]
        answers = self.world.post_while_time_goes_on(
            [(node, *case.request(changed), case.key) for case, node, changed in asked])
        for (case, _, changed), answer in zip(asked, answers):
            case.answers.append((changed, answer))

    def settle(self):
        self.world.settle()
        if self.point.fires == "stops":
            self.world.first.go_on()
            wait_until("the stopped one serves again", self.world.first.ready, 60)
            self.sending.result(60)
            self.world.first.plan.disarm()

    # --- what must hold ---------------------------------------------------------------------------------------------

    def check_fired(self):
        if self.fired() <= self.fired_before:
            yield "the fault never fired"

    def check_cases(self):
        # What nobody has asked for yet is executed now.
        self.final_answers(self.world.second, changed=False)
        last = [(self.final_answers(node, changed), changed) for changed in (False, True)
                for node in (self.world.first, self.world.second)]
        for n, case in enumerate(self.cases):
            try:
                self.check_case(case, {changed: [answers[n] for answers, was_changed in last if was_changed == changed]
                                       for changed in (False, True)})
            except AssertionError as broken:
                yield f"{case.kind} {case.follow_up} {case.key}: {broken}"

    def final_answers(self, node, changed):
        """The node's last word on each case."""
        requests = [(node, *case.request(changed), case.key) for case in self.cases]
        answers = self.world.post_all(requests)
        for _ in range(ROUNDS):
            undecided = [n for n, answer in enumerate(answers) if answer.status not in FINAL]
            if not undecided:
                break
            self.world.settle()
            for n, again in zip(undecided, self.world.post_all([requests[n] for n in undecided])):
                answers[n] = again
        return answers

    def check_case(self, case, last):
        """Exactly one of the two requests has gone through, for everybody alike; the payment shows it, once."""
        changed = last[True][0].status == 200
        through, refused = last[changed], last[not changed]
        assert {answer.status for answer in through} == {200}, f"no final word: {[a.text for a in through]}"
        assert {answer.status for answer in refused} == {422} and "idempotency_key_reused" in refused[0].text, \
            f"another body under the key: {[a.text for a in refused]}"
        assert len({answer.text for answer in through}) == 1, "two answers under one key"
        for was_changed, answer in case.answers:
            self.check_answer(was_changed == changed, answer, through[0])
        document = agree(self.world.simulator, self.world.client("second"), through[0]["payment_id"])
        for name, amount in case.expected(changed).items():
            assert document[name] == amount, f"{name} is {document[name]}, not {amount}"

    def check_answer(self, is_of_the_same, answer, final):
        """What somebody was told on the way agrees with the final answer to that request, or to another under its key."""
        broke = answer.status == 500 and self.point.fires == "goes_on"  # what was thrown there
        if broke or answer.status in WITHOUT_A_WORD:
            return
        told = f"acknowledged, and then answered otherwise: {answer.status} {answer.text}"
        if is_of_the_same:
            assert answer.text == final.text if answer.status == 200 else \
                answer.status == 202 and answer["payment_id"] == final["payment_id"], told
        else:
            assert answer.status == 422 and "idempotency_key_reused" in answer.text, told

    def check_world(self):
        for row in self.world.simulator.duplicates():
            if row not in self.world.known_duplicates:
                self.world.known_duplicates.append(row)
                yield f"executed twice: {row}"
        payments = self.world.value("select count(*) from payments") - self.payments_before
        if payments != len(self.cases):
            yield f"{payments} payments of {len(self.cases)} cases"


def grouped(pairs):
    """[(mode, [point, …])] in the order of the modes: each mode has a world of its own."""
    return [(mode, [point for _, point in chosen])
            for mode, chosen in itertools.groupby(sorted(pairs, key=lambda pair: pair[0]), key=lambda pair: pair[0])]
