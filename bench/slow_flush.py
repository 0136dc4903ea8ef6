"""The private PostgreSQL of a World, started anew so that its flushes can be made slower and fast again while it runs."""

import os
import shutil
import struct
import subprocess

from harness.processes import wait_until

from postgres import program
from script import ROOT


class SlowFlush:
    """The library slow_flush.c is compiled into the World's directory; the gateway adopts the server that has it."""

    def __init__(self, world):
        self.file = world.directory / "flush_delay_us"
        self.set_ms(0)
        library = world.directory / "slow_flush.so"
        compiler = next(filter(shutil.which, ("clang-19", "clang", "cc")))
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, ROOT / "bench" / "slow_flush.c", "-ldl"], check=True)
        world.gateway.terminate()
        self.start_server(world, library)
        world.gateway.start()

    def start_server(self, world, library):
        data = world.gateway.data / "data"
        owner = data.stat()
        as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with open(world.directory / "slow_flush.log", "ab") as log:
            subprocess.Popen([program("postgres"), "-D", str(data)], cwd=data, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                             start_new_session=True, env={"LD_PRELOAD": str(library), "SLOW_FLUSH": str(self.file)}, **as_owner)
        wait_until("PostgreSQL listens", lambda: (world.gateway.data / "socket" / ".s.PGSQL.5432").exists(), 60)

    def set_ms(self, milliseconds):
        """In place: the server has the file mapped."""
        with open(self.file, "r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("=I", milliseconds * 1000))
        self.file.chmod(0o644)
