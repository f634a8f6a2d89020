"""What the chat is compared with."""

from stack import Nginx, Workspace, processes_in

from . import REPOSITORY
from .behind import Behind
from .peer_nginx import ONE_MESSAGE, PeerNginx, headers_of_the_chat
from .system import BODY_BYTES, System, number_after

SPARE_CONNECTIONS = 100  # of PostgreSQL, beside those that are asked for


class Peer(System):
    """nginx with a file of peers/, and nothing behind it unless a subclass says so."""

    durable = False

    def start(self) -> None:
        self.workspace = Workspace(self.var)
        self.workspace.open()
        try:
            self._start_what_is_behind()
            self.nginx = self._make_nginx()
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

    def _make_nginx(self) -> Nginx:
        return PeerNginx(self.workspace, self.name, self.scale.nginx, **self._names())

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
        message = ONE_MESSAGE.format(body="x" * BODY_BYTES)
        return {"headers": headers_of_the_chat(), "body": f"[{message}]"}


class Floor(Peer):
    """The site of the chat, and behind it the least that can hold requests and answer them."""

    name, title = "floor", "the floor"
    times_out = False

    def pids(self) -> dict[str, list[int]]:
        return super().pids() | {"worker": self._behind.pids()}

    def _make_nginx(self) -> Nginx:
        socket_path = self._behind.socket_path
        return Nginx(self.workspace, 0, socket_path, REPOSITORY / "www", self.scale.nginx)

    def _start_what_is_behind(self) -> None:
        message = ONE_MESSAGE.format(body="x" * BODY_BYTES)
        arguments = [f"--message={message}", f"--processes={self.worker_count}"]
        self._behind = Behind(self.workspace, self.name, arguments)

    def _stop_what_is_behind(self) -> list[str | None]:
        return [self._behind.stop()] if hasattr(self, "_behind") else []


class Blocking(Peer):
    """A process and a connection to PostgreSQL for every poll that waits."""

    name, title = "blocking", "a process for each poll"
    most_polls = 1000
    durable = True
    rests = False

    def pids(self) -> dict[str, list[int]]:
        return super().pids() | {
            "worker": self._behind.pids(),
            "postgres": processes_in(self.postgres.data, "postgres"),
        }

    def _names(self) -> dict[str, str]:
        return {"socket": str(self._behind.socket_path)}

    def _start_what_is_behind(self) -> None:
        # One more for whoever posts while all the others wait.
        processes = max(self.scale.polls, self.scale.clients) + 1
        # Each process reads over one connection and writes over another.
        connections = f"max_connections={2 * processes + SPARE_CONNECTIONS}"
        settings = (*self.postgres_settings, connections)
        self.postgres = self.make_postgres(self.workspace, settings=settings)
        self.postgres.start()
        self.postgres.migrate()
        # Workers may not insert; whoever does without chat.append must be somebody else.
        database = f"--database={self.postgres.conninfo()}"
        arguments = [database, f"--processes={processes}"]
        self._behind = Behind(self.workspace, self.name, arguments, self.postgres.env)

    def _stop_what_is_behind(self) -> list[str | None]:
        parts = ("_behind", "postgres")
        return [getattr(self, part).stop() for part in parts if hasattr(self, part)]
