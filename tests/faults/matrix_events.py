"""What the PSP has to tell of one group of the crash matrix: held back until the group lets it go."""

from harness.processes import wait_until


class HeldEvents:
    def __init__(self, world):
        self.world = world
        self.before = {event["id"] for event in self.all()}

    def all(self):
        return self.world.simulator.call("GET", "/_simulator/events?limit=100000")["data"]

    def wait_for(self, payments):
        def told():
            return {event["payment_id"] for event in self.all() if event["id"] not in self.before}
        wait_until("the PSP has something to tell of each", lambda: payments <= told(), 60, 0.2)

    def send_of(self, payments, dice):
        """In any order; returns when each is worked off, or was tried while somebody had its operation in hands."""
        ids = [event["id"] for event in self.all() if event["payment_id"] in payments and not event["tries"]]
        if not ids:
            return
        dice.shuffle(ids)
        self.world.simulator.call("POST", "/_simulator/events/release", {"ids": ids})
        wait_until("the events are acknowledged", lambda: self.acknowledged(ids), 60, 0.2)
        if self.world.worker.alive():
            wait_until("the events are tried", lambda: self.tried(ids, 1), 60)
            self.world.time.advance(1)  # what is in somebody's hands is left to him so long
            wait_until("the events are tried again", lambda: self.tried(ids, 2), 60)
        settled = "select count(*) from psp_event_ids where what = 'settled' and event_id = any(%s)"
        self.world.heard += self.world.value(settled, ids)

    def acknowledged(self, ids):
        return all(event["last_status"] == 200 for event in self.all() if event["id"] in ids)

    def tried(self, ids, times):
        return not self.world.value("select count(*) from open_psp_events where event_id = any(%s) and not parked and "
                                    "(tries < %s or lease_until > florin_now())", ids, times)
