"""Sets the clock of the database or of one worker, and of nobody else: libfaketime."""

import glob
import itertools
import time
from pathlib import Path

from stack import Failure, wait_until

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
HOUR_S = 3600
NOTICED_S = 10


class Clocks:
    """Must be there before PostgreSQL starts."""

    def __init__(self, stack, directory: Path):
        libraries = glob.glob(LIBRARY)
        if not libraries:
            raise Failure("libfaketime is not installed. Run scripts/install-packages chaos")
        self.stack = stack
        self._faked: set[int] = set()
        # Waiting and time limits go by the monotonic clock, which nobody sets.
        self._preload = {"LD_PRELOAD": libraries[0], "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self._setting = directory / "database-clock"
        self._set(0)
        # Not in the environment of what starts it: that drops from root to another user, and what
        # libfaketime makes as the one cannot be used as the other.
        database = self._preload | {
            "FAKETIME_TIMESTAMP_FILE": str(self._setting),
            "FAKETIME_NO_CACHE": "1",
        }
        stack.postgres.wrapper = ["env", *(f"{name}={value}" for name, value in database.items())]
        # The database goes forward, back behind where it began, and right again.
        self._next = itertools.cycle(
            [
                lambda: self._set_database(HOUR_S),
                lambda: self._set_worker(0, HOUR_S),
                lambda: self._set_database(-HOUR_S),
                lambda: self._set_worker(1, -HOUR_S),
                lambda: self._set_database(0),
            ]
        )

    def set_next(self) -> None:
        self._faked.add(self.stack.postgres.pid)
        next(self._next)()

    def clean_up(self) -> None:
        """What libfaketime leaves behind of a process that was killed."""
        for pid in self._faked:
            for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
                Path("/dev/shm", name).unlink(missing_ok=True)

    def _set_database(self, offset_s: int) -> None:
        self._set(offset_s)

        def noticed() -> bool:
            theirs = self.stack.postgres.psql("SELECT extract(epoch FROM clock_timestamp())")
            return abs(float(theirs) - time.time() - offset_s) < 60

        if not wait_until(noticed, NOTICED_S):
            raise Failure(f"The clock of the database could not be set by {offset_s} s.")

    def _set_worker(self, index: int, offset_s: int) -> None:
        """Until something else restarts it."""
        env = self.stack.postgres.worker_env
        faked = self._preload | {"FAKETIME": f"{offset_s:+}s"}
        env |= faked
        try:
            pid = self.stack.workers.restart(index)
            self._faked.add(pid)
            # Empty in the moment of an exec, of which there are two: setpriv, then the worker.
            environment = Path(f"/proc/{pid}/environ")
            library = self._preload["LD_PRELOAD"]
            if not wait_until(lambda: library in environment.read_text(), NOTICED_S):
                raise Failure(f"The clock of worker {index} could not be set.")
        finally:
            for name in faked:
                del env[name]

    def _set(self, offset_s: int) -> None:
        # Renamed into place: read by somebody else at any moment.
        unfinished = self._setting.with_suffix(".new")
        unfinished.write_text(f"{offset_s:+}s\n")
        unfinished.rename(self._setting)
