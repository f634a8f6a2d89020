"""The FastCGI workers: one listening socket, shared by all, and somebody who restarts the dead."""

import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

from .children import Child, Failure, wait_until
from .workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
BACKLOG = 4096
RESTART_PAUSE_S = 0.1
LONGEST_RESTART_PAUSE_S = 5.0
STOP_S = 10.0
REPORT_LINES = 40

SANITIZER_REPORT = re.compile(
    r"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|SUMMARY: \w+Sanitizer|: runtime error: )"
)


class Slot:
    """The place of one worker, and the worker that has it just now."""

    def __init__(self, index: int):
        self.index = index
        self.child: Child | None = None
        self.last: Child | None = None  # who had it before
        self.started_at = 0.0
        self.pause = RESTART_PAUSE_S
        self.next_start = 0.0

    def pid(self) -> int | None:
        child = self.child
        return child.pid if child is not None and child.running() else None


class Workers:
    def __init__(self, workspace: Workspace, database, count: int, arguments=()):
        self.workspace = workspace
        self.database = database
        self.arguments = list(arguments)
        self.slots = [Slot(index) for index in range(count)]
        self.problems: list[str] = []
        self.starts = 0
        self._asked_to_die: set[int] = set()
        self._listener: socket.socket | None = None
        self._stopping = threading.Event()
        # The kernel sends a child its death signal when the THREAD that made it ends, so all
        # workers are made by this one.
        self._supervisor = threading.Thread(target=self._supervise, name="workers", daemon=True)

    @property
    def socket_path(self) -> Path:
        return self.workspace.sockets / "chat.sock"

    def start(self) -> None:
        self.command = [
            str(worker_binary()),
            "--database",
            self.database.worker_conninfo(),
            "--scoreboard",
            str(self.workspace.workers / "scoreboard"),
            *self.arguments,
        ]
        self._listen()
        self._supervisor.start()
        if not wait_until(lambda: all(slot.child for slot in self.slots), seconds=10):
            raise Failure("The workers did not start.")

    def stop(self) -> list[str]:
        """Ends all workers in order; returns what they left to complain about."""
        self._stopping.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        if self._listener is not None:
            self._listener.close()
            self.socket_path.unlink(missing_ok=True)
        return self.problems

    def pids(self) -> list[int]:
        """The workers that run, in the order of their slots."""
        return [pid for slot in self.slots if (pid := slot.pid()) is not None]

    def kill(self, index: int, number: int = signal.SIGKILL) -> int:
        """Sends one worker a signal, and returns its pid. Whatever it then does is forgiven."""
        slot = self.slots[index]
        if not wait_until(lambda: slot.pid() is not None, seconds=LONGEST_RESTART_PAUSE_S + 1):
            raise Failure(f"Worker {index} is not running; see {self.workspace.log}")
        pid = slot.pid()
        self._asked_to_die.add(pid)
        os.kill(pid, number)
        return pid

    def restart(self, index: int, number: int = signal.SIGTERM) -> int:
        """Stops one worker, waits for the next in its place, and returns that one's pid."""
        old = self.kill(index, number)
        slot = self.slots[index]
        if not wait_until(
            lambda: slot.pid() not in (None, old), seconds=STOP_S + LONGEST_RESTART_PAUSE_S
        ):
            raise Failure(f"Worker {index} was not replaced after signal {number}.")
        return slot.pid()

    def last_words(self) -> str:
        """What is known about workers that do not come up: how they ended, what they wrote."""
        seen = [slot.child or slot.last for slot in self.slots]
        words = [child.last_words() for child in seen if child is not None]
        return "\n".join(dict.fromkeys([*self.problems, *words]))

    def _listen(self) -> None:
        """The socket is ours, so a connection that comes while a worker restarts just waits."""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.socket_path))
        self.socket_path.chmod(0o660)
        self._listener.listen(BACKLOG)

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            for slot in self.slots:
                if slot.pid() is None:
                    self._bury(slot)
                    if time.monotonic() >= slot.next_start:
                        self._start(slot)
            self._stopping.wait(0.02)
        self._end_all()

    def _end_all(self) -> None:
        """All at once, each asked once."""
        children = [slot.child for slot in self.slots if slot.child is not None]
        for child in children:
            child.ask_to_stop()
        for child in children:
            if complaint := child.wait(STOP_S):
                self.problems.append(complaint)
        for slot in self.slots:
            self._bury(slot)

    def _start(self, slot: Slot) -> None:
        slot.started_at = time.monotonic()
        slot.child = Child(
            f"Worker {slot.index}",
            self.command,
            self.workspace.log / f"worker-{slot.index}.log",
            directory=self.workspace.workers,
            env=worker_environment(self.database.worker_env),
            stdin=self._listener.fileno(),
        )
        self._pid_file(slot).write_text(f"{slot.child.pid}\n")
        self.starts += 1

    def _bury(self, slot: Slot) -> None:
        """Looks at how a worker ended, once, and says when the next may begin."""
        child = slot.child
        if child is None:
            return
        status = child.process.returncode
        # SIGKILL comes from outside: from a test, or from a kernel that is out of memory.
        forgiven = status == -signal.SIGKILL or child.pid in self._asked_to_die
        # Asked to stop so early that it had no say in it yet.
        forgiven |= status == -signal.SIGTERM and time.monotonic() - slot.started_at < 2
        if status != 0 and not forgiven:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            self.problems.append(f"{child.name} ended with {how}; see {child.log}.")
        output = child.output()
        if found := SANITIZER_REPORT.search(output):
            # With its beginning: a test takes the log away.
            report = "\n".join(output[found.start() :].splitlines()[:REPORT_LINES])
            self.problems.append(f"{child.name} wrote a sanitizer report to {child.log}:\n{report}")
        lived = time.monotonic() - slot.started_at
        if forgiven or lived > 10:
            slot.pause = RESTART_PAUSE_S
        slot.next_start = time.monotonic() + slot.pause
        slot.pause = min(2 * slot.pause, LONGEST_RESTART_PAUSE_S)
        self._pid_file(slot).unlink(missing_ok=True)
        slot.last, slot.child = child, None

    def _pid_file(self, slot: Slot) -> Path:
        """For scripts/stackctl."""
        return self.workspace.workers / f"{slot.index}.pid"


def worker_binary() -> Path:
    """CHAT_WORKER names another one: a build with sanitizers, say."""
    path = Path(os.environ.get("CHAT_WORKER") or REPOSITORY / "build/chat-worker").resolve()
    if not os.access(path, os.X_OK) or path.is_dir():
        raise Failure(f"There is no worker at {path}. Build it first: make")
    return path


def worker_environment(env: dict[str, str]) -> dict[str, str]:
    """The worker takes options from CHAT_...; these are ours, not its."""
    ours = ("CHAT_WORKER", "CHAT_CONTROL", "CHAT_URL")
    known_leaks = f"suppressions={REPOSITORY}/tests/leaks.supp:print_suppressions=0"
    theirs = {name: value for name, value in env.items() if name not in ours}
    return {"LSAN_OPTIONS": known_leaks} | theirs
