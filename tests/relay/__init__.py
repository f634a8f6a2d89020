"""A database that is further away than it is: relay (main.cpp) between it and the workers."""

from pathlib import Path

from stack import Failure, Postgres, wait_until
from stack.children import Child

PROGRAM = Path(__file__).resolve().parents[2] / "build/relay"
SOCKET = ".s.PGSQL.5432"


class DistantPostgres(Postgres):
    """A private cluster that the workers reach `delay_ms` later, and its answers them. Who comes
    with psql is near."""

    def __init__(self, workspace, *, delay_ms: int, **more):
        super().__init__(workspace, **more)
        self.delay_ms = delay_ms
        self._relay: Child | None = None

    @property
    def door(self) -> Path:
        return self.workspace.sockets / "relay"

    def start(self) -> None:
        super().start()
        if self._relay is None:
            self._start_relay()

    def stop(self, mode: str = "fast") -> str | None:
        """The relay as well, for all that it holds are connections to this server."""
        complaint = super().stop(mode)
        if self._relay is not None:
            self._relay.stop()
            self._relay = None
        return complaint

    def worker_conninfo(self) -> str:
        return f"host={self.door} dbname=chat user=chat_worker"

    def _start_relay(self) -> None:
        if not PROGRAM.exists():
            raise Failure(f"There is no {PROGRAM}. Build it first: make build/relay")
        self.door.mkdir(exist_ok=True)
        command = [str(PROGRAM), f"--listen={self.door / SOCKET}", f"--delay-ms={self.delay_ms}"]
        command.append(f"--connect={self.workspace.sockets / 'pg' / SOCKET}")
        self._relay = Child(
            "The relay",
            command,
            self.workspace.log / "relay.log",
            directory=self.workspace.var,
            env=self.env,
        )
        wait_until(lambda: (self.door / SOCKET).exists() or not self._relay.running(), 10)
        if not self._relay.running():
            raise Failure(f"The relay did not start: {self._relay.last_words()}")
