"""Time that a test moves: the clocks of gateways, simulator and database go forward together (src/base/virtual_time.hpp).

Needs a build with fail points. Time runs on by itself between the jumps.
"""

import struct

from harness.processes import wait_until

HOUR, DAY = 3600, 86400
# clock_timestamp() and what the file says; the file is read with the rights of the superuser.
FLORIN_NOW = """
    create or replace function florin_now() returns timestamptz language sql volatile security definer
    set search_path = pg_catalog as $$
        select clock_timestamp() + interval '1 microsecond' *
            (('x' || encode(pg_read_binary_file('{file}', 0, 8), 'hex'))::bit(64)::bigint / 1000)
    $$"""


class TimeFile:
    """Eight bytes that processes add to their clocks: a big-endian number of nanoseconds."""

    def __init__(self, path):
        self.path, self.seconds = path, 0.0
        path.write_bytes(bytes(8))

    def show(self, seconds):
        self.seconds = seconds
        with open(self.path, "r+b", buffering=0) as file:
            file.write(struct.pack(">q", int(seconds * 1_000_000_000)))


class VirtualTime(TimeFile):
    def environment(self):
        return {"FLORIN_CLOCK": str(self.path)}

    def move_database(self, gateway):
        with gateway.database() as database:
            database.execute(FLORIN_NOW.format(file=self.path))
            database.execute("alter function florin_now() owner to postgres")
            database.execute("grant execute on function florin_now() to public")

    def advance(self, seconds):
        assert seconds >= 0, "time goes forward; a clock that steps back is a skew"
        self.show(self.seconds + seconds)

    def advance_until(self, what, condition, step=10, limit=DAY, look=0.05):
        """Jumps by `step` seconds, and looks a while after each, until the condition holds; its first true value."""
        for _ in range(int(limit / step) + 1):
            value = condition()
            if value:
                return value
            self.advance(step)
            try:
                return wait_until(what, condition, look, look / 5)
            except AssertionError:
                continue
        raise AssertionError(f"not within {limit} virtual seconds: {what}")


class Skew(TimeFile):
    """Of one process's wall clock alone, as when its host's clock steps."""

    def environment(self):
        return {"FLORIN_CLOCK_SKEW": str(self.path)}
