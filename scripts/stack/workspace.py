"""VAR: the directory that holds everything of one running stack, and belongs to one at a time."""

import fcntl
import os
import shutil
import signal
import tempfile
from pathlib import Path

from .children import Failure, processes_in, say, send, wait_until


class Workspace:
    """Locks VAR, ends what a killed launcher left in it, and gives a short place for sockets."""

    def __init__(self, var):
        self.var = Path(var).resolve()
        self.log = self.var / "log"
        self.postgres = self.var / "postgres"
        self.workers = self.var / "workers"
        self.nginx = self.var / "nginx"
        self.sockets: Path | None = None
        self._lock: int | None = None

    def open(self) -> None:
        try:
            for directory in (self.var, self.log, self.workers, self.nginx):
                directory.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._end_leftovers()
            self._make_sockets()
        except OSError as error:
            self.close()
            raise Failure(
                f"{self.var} cannot be used: {error.strerror}: {error.filename}. "
                "Choose another directory with VAR=..."
            ) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.sockets is not None:
            shutil.rmtree(self.sockets, ignore_errors=True)
            (self.var / "sockets").unlink(missing_ok=True)
            self.sockets = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def processes(self) -> list[int]:
        """What runs out of this VAR."""
        return (
            processes_in(self.nginx, "nginx")
            + processes_in(self.workers)
            + processes_in(self.postgres, "postgres")
        )

    def _take_lock(self) -> None:
        # Python opens it close-on-exec: a child that outlived us would hold the lock otherwise.
        self._lock = os.open(self.var / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._lock, 20).decode().strip() or "unknown"
            raise Failure(
                f"The chat is running already in {self.var} (process {holder}). "
                "Stop it, or choose another directory with VAR=..."
            ) from None
        os.ftruncate(self._lock, 0)
        os.write(self._lock, f"{os.getpid()}\n".encode())

    def _end_leftovers(self) -> None:
        """When a launcher is killed, the kernel tells its children to stop; that takes a moment,
        and one of them may be stuck."""
        if left := self.processes():
            say(f"Ending {len(left)} processes that an earlier start left in {self.var}")
            send(processes_in(self.postgres, "postgres"), signal.SIGINT)
            send(processes_in(self.nginx, "nginx") + processes_in(self.workers), signal.SIGTERM)
            if not wait_until(lambda: not self.processes(), seconds=10):
                send(self.processes(), signal.SIGKILL)
            if not wait_until(lambda: not self.processes(), seconds=10):
                raise Failure(f"Processes {self.processes()} use {self.var} and cannot be ended.")

    def _make_sockets(self) -> None:
        """The path of a unix socket holds 107 bytes, and VAR may be longer than that."""
        note = self.var / "sockets"
        base = tempfile.gettempdir()
        base = base if len(base) < 60 else "/tmp"
        if note.is_file():
            self._remove_sockets_of_earlier_start(Path(note.read_text()))
        self.sockets = Path(tempfile.mkdtemp(prefix="chat-", dir=base))
        # PostgreSQL may run as another user and must get to its own directory in there.
        self.sockets.chmod(0o711)
        (self.sockets / "owner").write_text(self._identity())
        note.write_text(str(self.sockets))

    def _remove_sockets_of_earlier_start(self, old: Path) -> None:
        """Unless they are another's: the note is also in a copy of a VAR whose chat still runs."""
        try:
            ours = (old / "owner").read_text() == self._identity()
        except OSError:
            return
        if ours and old.name.startswith("chat-") and old.stat().st_uid == os.getuid():
            shutil.rmtree(old, ignore_errors=True)

    def _identity(self) -> str:
        """Stays when VAR is moved, and is another in a copy."""
        status = self.var.stat()
        return f"{status.st_dev}:{status.st_ino}"
