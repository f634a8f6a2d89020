"""What the chat is compared with."""

import socket

from stack import Failure, Workspace, processes_in, wait_until
from stack.children import Child

from .peer_nginx import ONE_MESSAGE, PeerNginx, headers_of_the_chat
from .system import BODY_BYTES, System, number_after, program

SPARE_CONNECTIONS = 100  # of PostgreSQL, beside those that are asked for


class Peer(System):
    """nginx with a file of peers/, and nothing behind it unless a subclass says so."""

    durable = False

    def start(self) -> None:
        self.workspace = Workspace(self.var)
        self.workspace.open()
        try:
            self._start_what_is_behind()
            self.nginx = PeerNginx(self.workspace, self.name, self.scale.nginx, **self._names())
            self.nginx.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> list[str]:
        complaints = [self.nginx.stop() if hasattr(self, "nginx") else None]
        complaints += self._stop_what_is_behind()
        self.workspace.close()
        return [complaint for complaint in complaints if complaint]

    def pids(self) -> dict[str, list[int]]:
        return {"nginx": self.nginx.pids()}

    def _names(self) -> dict[str, str]:
        return {}

    def _start_what_is_behind(self) -> None:
        pass

    def _stop_what_is_behind(self) -> list[str | None]:
        return []


class Nchan(Peer):
    name, title, dialect = "nchan", "nchan, in memory", "nchan"
    times_out = False

    def parked(self) -> int:
        return number_after("subscribers: ", self.text("/parked"))


class Constant(Peer):
    name, title, dialect = "constant", "nginx, a constant", "constant"
    waits = False

    def _names(self) -> dict[str, str]:
        body = ONE_MESSAGE.format(body="x" * BODY_BYTES)
        return {"headers": headers_of_the_chat(), "body": body}


class Blocking(Peer):
    """A process and a connection to PostgreSQL for every poll that waits."""

    name, title = "blocking", "a process for each poll"
    most_polls = 1000
    durable = True
    rests = False

    def pids(self) -> dict[str, list[int]]:
        return super().pids() | {
            "worker": processes_in(self.workspace.workers),
            "postgres": processes_in(self.postgres.data, "postgres"),
        }

    def _names(self) -> dict[str, str]:
        return {"socket": str(self._socket_path)}

    def _start_what_is_behind(self) -> None:
        # One more for whoever posts while all the others wait.
        processes = max(self.scale.polls, self.scale.clients) + 1
        # Each process reads over one connection and writes over another.
        connections = f"max_connections={2 * processes + SPARE_CONNECTIONS}"
        settings = (*self.postgres_settings, connections)
        self.postgres = self.make_postgres(self.workspace, settings=settings)
        self.postgres.start()
        self.postgres.migrate()
        self._socket_path = self.workspace.sockets / "blocking.sock"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._socket_path))
        self._listener.listen(4096)
        # Workers may not insert; whoever does without chat.append must be somebody else.
        self._child = Child(
            "The blocking program",
            [
                str(program("bench-blocking")),
                f"--database={self.postgres.conninfo()}",
                f"--processes={processes}",
            ],
            self.workspace.log / "blocking.log",
            directory=self.workspace.workers,
            env=self.postgres.env,
            stdin=self._listener.fileno(),
        )
        ready = wait_until(
            lambda: "ready" in self._child.output() or not self._child.running(), 120
        )
        if not ready or not self._child.running():
            raise Failure(f"The blocking program did not start: {self._child.last_words()}")

    def _stop_what_is_behind(self) -> list[str | None]:
        complaints = []
        if hasattr(self, "_child"):
            complaints.append(self._child.stop())
            wait_until(lambda: not processes_in(self.workspace.workers), 10)
            self._listener.close()
        if hasattr(self, "postgres"):
            complaints.append(self.postgres.stop())
        return complaints
