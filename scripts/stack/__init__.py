"""The chat as a running stack: PostgreSQL, workers, nginx. `make run` and all tests use this.

    with Stack("/tmp/somewhere") as stack:
        urllib.request.urlopen(stack.url + "/healthz")
"""

import http.client
import os
import shlex
import sys
import time
from pathlib import Path

from .children import Failure, processes_in, say, send, wait_until
from .existing import ExistingDatabase
from .nginx import Nginx, NginxSettings, check_port
from .postgres import Postgres
from .workers import Workers, worker_binary
from .workspace import Workspace

__all__ = [
    "ExistingDatabase",
    "Failure",
    "Nginx",
    "NginxSettings",
    "Postgres",
    "Stack",
    "Workers",
    "Workspace",
    "number_from",
    "processes_in",
    "say",
    "send",
    "wait_until",
]

REPOSITORY = Path(__file__).resolve().parents[2]
HEALTHY_S = 30


class Stack:
    """Starts the parts in the order in which they need each other, and stops them in reverse."""

    def __init__(
        self,
        var,
        port: int = 0,
        workers: int = 2,
        database_url: str | None = None,
        worker_args=(),
        postgres_settings=(),
        nginx_settings: NginxSettings = NginxSettings(),
        make_postgres=Postgres,
    ):
        self.workspace = Workspace(var)
        self.port = port
        self.postgres = (
            ExistingDatabase(database_url)
            if database_url
            else make_postgres(self.workspace, settings=postgres_settings)
        )
        self.workers = Workers(self.workspace, self.postgres, workers, worker_args)
        self.nginx_settings = nginx_settings
        self.nginx: Nginx | None = None
        self._opened = False

    @property
    def url(self) -> str:
        return self.nginx.url

    @property
    def control(self) -> str:
        """A command that does things to this stack from outside: `$CHAT_CONTROL kill-worker`."""
        script = REPOSITORY / "scripts/stackctl"
        return shlex.join([sys.executable, str(script), str(self.workspace.var)])

    def start(self) -> None:
        try:
            # Look first at what would only fail after the slow steps.
            worker_binary()
            self.workspace.open()
            self._opened = True
            if self.port:
                check_port(self.port)
            say(self.postgres.first_step)
            self.postgres.start()
            say("Migrating the database")
            self.postgres.migrate()
            say(f"Starting {len(self.workers.slots)} workers")
            self.workers.start()
            say("Starting nginx")
            self.nginx = Nginx(
                self.workspace,
                self.port,
                self.workers.socket_path,
                REPOSITORY / "www",
                self.nginx_settings,
            )
            self.nginx.start()
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> list[str]:
        """Stops everything and returns what was not as it should be, as sentences."""
        if not self._opened:
            return []
        complaints = [self.nginx.stop() if self.nginx else None]
        complaints += self.workers.stop()
        complaints += [self.postgres.stop()]
        if not wait_until(lambda: not self.workspace.processes(), seconds=5):
            complaints.append(f"These processes are left: {self.workspace.processes()}")
        self.workspace.close()
        self._opened = False
        return [complaint for complaint in complaints if complaint]

    def watch(self) -> None:
        """Returns only by an exception: when a part that nobody restarts has ended."""
        while True:
            time.sleep(0.2)
            if not self.postgres.running():
                raise Failure(f"PostgreSQL has ended; see {self.workspace.log}/postgres.log")
            if not self.nginx.running():
                raise Failure(f"nginx has ended; see {self.workspace.log}/nginx-error.log")

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, kind, error, traceback) -> None:
        complaints = self.stop()
        if complaints and error is None:
            raise Failure(" ".join(complaints))
        for complaint in complaints:
            print(complaint, file=sys.stderr)

    def healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _wait_until_healthy(self) -> None:
        crash_loop = 4 * len(self.workers.slots)
        wait_until(lambda: self.healthy() or self.workers.starts >= crash_loop, HEALTHY_S, 0.05)
        if not self.healthy():
            raise Failure(
                "The workers do not come up healthy. Their logs are in "
                f"{self.workspace.log}:\n{self.workers.last_words()}"
            )


def number_from(name: str, default: int, least: int, most: int) -> int:
    """A number from the environment, or a sentence about it."""
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Failure(f"{name} must be a number from {least} to {most}, not '{text}'.")
    return int(text)
