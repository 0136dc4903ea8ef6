"""Plans of fail points that a test hands to a running process, and what of them was hit (src/base/fail_point.hpp)."""

import collections
import os


class FailPlan:
    """The plan of one process; `hits` of all processes may share a file."""

    def __init__(self, directory, name, hits=None):
        self.path = directory / f"{name}.plan"
        self.hits_path = hits or directory / f"{name}.hits"
        self.hits_path.touch()
        self.counted, self.read = collections.Counter(), 0
        self.arm("")

    def environment(self):
        return {"FLORIN_FAIL_FILE": str(self.path), "FLORIN_FAIL_HITS": str(self.hits_path)}

    def arm(self, plan):
        """Takes effect at the next hit of any point. Renamed into place: nobody reads half a plan."""
        whole = self.path.with_suffix(".new")
        whole.write_text(plan)
        os.replace(whole, self.path)

    def disarm(self):
        self.arm("")

    def hits(self):
        """{(name, action): count}; the action is "pass" where nothing was planned."""
        with open(self.hits_path, "rb") as file:
            file.seek(self.read)
            whole = file.read().rpartition(b"\n")[0]
        if whole:
            self.read += len(whole) + 1
            self.counted.update(tuple(line.split()) for line in whole.decode().splitlines())
        return self.counted

    def arrived(self, name):
        """How often the point was reached, whatever was planned there."""
        return sum(count for (hit, _), count in self.hits().items() if hit == name)

    def fired(self, name):
        """How often a planned action was taken at the point."""
        return sum(count for (hit, action), count in self.hits().items() if hit == name and action != "pass")
