"""What goes wrong, on purpose. Each fault is a method of Faults; its name is the fault's name."""

import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

from clock import Clocks
from removals import Removals
from small_disk import SmallDisk
from stack import Failure, Stack, send, wait_until

LONGEST_STOP_S = 4.0
# Longer than a worker tries again before it says why it cannot store.
FULL_S = 5.0
START_S = 2.0
REPLACED_S = 10
# idle_in_transaction_session_timeout of chat_worker is 2 s.
THROWN_OUT_S = 15
# They last, or hold everything up.
RARE = ("read_only", "restore")


@dataclass(frozen=True)
class Fault:
    kind: str
    began: float  # time.monotonic()
    ended: float


class Faults:
    """Injects faults into a stack, one call each. Belongs to the thread that started the stack:
    the kernel ends PostgreSQL with the thread that started it."""

    KINDS = {
        "kill": "kill -9 of a worker",
        "stop": "SIGSTOP of a worker for up to 4 s",
        "restart": "rolling restart of the workers",
        "reload": "nginx reload",
        "terminate": "PostgreSQL backends terminated",
        "crash": "PostgreSQL crashed and restarted",
        "freeze": "client frozen in the middle of an append",
        "deafen": "listener's backend killed (NOTIFY lost)",
        "delete": "messages deleted by hand",
        "read_only": "database read-only",
        "restore": "database put back to an older copy",
        "fill": "disk of the messages full",
        "clock": "clock set by an hour",
    }
    # Ids of another time are no sign of anything while somebody sets clocks, and a copy of the data
    # directory has not what is on another disk.
    USUAL = [kind for kind in KINDS if kind not in ("fill", "clock")]

    def __init__(self, stack: Stack, seed: int, clocks: Clocks | None = None,
                 seconds: float = 60):  # fmt: skip
        self.stack = stack
        self.clocks = clocks
        self.disk: SmallDisk | None = None
        self.random = random.Random(seed)
        self.removals = Removals(stack, self.random, seconds)
        self.injected: list[Fault] = []
        self.problems: list[str] = []
        self._lasting: list[threading.Thread] = []

    def inject(self, kind: str) -> None:
        began = time.monotonic()
        getattr(self, kind)()
        # Those that go on by themselves note their end themselves.
        if kind not in ("stop", "freeze", "read_only"):
            self._note(kind, began)

    def wait_for_lasting(self) -> None:
        for thread in self._lasting:
            thread.join()
        self.removals.wait_until_writable()

    def times(self, kind: str) -> list[tuple[float, float]]:
        return [(fault.began, fault.ended) for fault in self.injected if fault.kind == kind]

    def kill(self) -> None:
        self.stack.workers.restart(self._any_worker(), signal.SIGKILL)

    def stop(self) -> None:
        pid = self._pid_of(self._any_worker())
        send([pid], signal.SIGSTOP)
        seconds = self.random.uniform(0.5, LONGEST_STOP_S)
        began = time.monotonic()

        def go_on():
            time.sleep(seconds)
            send([pid], signal.SIGCONT)  # unless another fault has killed it
            self._note("stop", began)

        self._last(go_on)

    def restart(self) -> None:
        for slot in self.stack.workers.slots:
            self._pid_of(slot.index)
            child, lived = slot.child, time.monotonic() - slot.started_at
            self.stack.workers.restart(slot.index)
            status = child.process.returncode
            # One that has only just begun knows nothing yet about signals.
            if status != 0 and not (status == -signal.SIGTERM and lived < START_S):
                self.problems.append(f"{child.name} ended with status {status} after SIGTERM.")

    def reload(self) -> None:
        self.stack.nginx.reload()

    def terminate(self) -> None:
        share = self.random.choice((0.3, 1.0))
        self._terminate(f"random() < {share}")

    def deafen(self) -> None:
        """The news connection's last statement is its look, or LISTEN just after it connected."""
        self._terminate("query LIKE '%WHERE id > $1::uuid%' OR query LIKE 'LISTEN %'")

    def crash(self) -> None:
        """Without a checkpoint: the next start recovers from the WAL."""
        self.stack.postgres.restart(self.random.choice(("immediate", "kill")))

    def clock(self) -> None:
        self.clocks.set_next()

    def delete(self) -> None:
        self.removals.delete()

    def restore(self) -> None:
        self.removals.restore()

    def read_only(self) -> None:
        began = time.monotonic()
        self.removals.read_only(lambda: self._note("read_only", began))

    def fill(self) -> None:
        """Nothing else happens meanwhile: PostgreSQL does not recover on a disk that is full."""
        self.disk.fill()
        time.sleep(FULL_S)
        self.disk.empty()

    def freeze(self) -> None:
        """Somebody calls chat.append in a transaction and then says no more: the lock is held
        until the server throws it out, and nothing of it may stay."""
        psql = subprocess.Popen(
            ["psql", "--no-psqlrc", "--quiet", "--dbname", self.stack.postgres.worker_conninfo()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.stack.postgres.env,
        )
        began = time.monotonic()
        psql.stdin.write(
            "BEGIN; SELECT chat.append(ARRAY['never said'], ARRAY['room-0'], ARRAY[NULL],"
            f" ARRAY['frozen-{began}']);\n"
        )
        psql.stdin.flush()

        def wait_until_thrown_out():
            # psql itself waits for its next line, and learns nothing of what the server does.
            time.sleep(0.5)
            if not wait_until(lambda: not self._someone_is_frozen(), THROWN_OUT_S, 0.2):
                self.problems.append(f"A frozen client was not thrown out in {THROWN_OUT_S} s.")
            psql.kill()
            psql.wait()
            psql.stdin.close()
            self._note("freeze", began)

        self._last(wait_until_thrown_out)

    def _someone_is_frozen(self) -> bool:
        try:
            frozen = self.stack.postgres.psql(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            )
        except Exception:  # a crash of PostgreSQL throws everybody out
            return False
        return frozen != "0"

    def _terminate(self, condition: str) -> None:
        self.stack.postgres.psql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE usename = 'chat_worker' AND ({condition})"
        )

    def _pid_of(self, index: int) -> int:
        """Waits for it when it is being replaced."""
        slot = self.stack.workers.slots[index]
        if not wait_until(lambda: slot.pid() is not None, REPLACED_S):
            raise Failure(f"Worker {index} is not replaced.")
        return slot.pid()

    def _any_worker(self) -> int:
        return self.random.randrange(len(self.stack.workers.slots))

    def _last(self, act) -> None:
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        self._lasting.append(thread)

    def _note(self, kind: str, began: float) -> None:
        self.injected.append(Fault(kind, began, time.monotonic()))


def plan(kinds: list[str], seconds: float, seed: int) -> list[tuple[float, str]]:
    """When which fault comes. Every kind comes equally often, in an order that the seed shuffles:
    at least once, and 25 times in 10 minutes. But those of RARE come in every fifth round alone."""
    if not kinds:
        return []
    rng = random.Random(seed)
    rounds = max(1, round(seconds / 24))
    order = [
        kind
        for n in range(rounds)
        for kind in rng.sample(kinds, len(kinds))
        if kind not in RARE or n % 5 == 0
    ]
    slot = seconds / len(order)
    return [((n + rng.random()) * slot, kind) for n, kind in enumerate(order)]
