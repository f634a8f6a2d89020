"""PostgreSQL: a private cluster in VAR."""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from .children import Child, Failure, processes_in, say, send, setpriv, wait_until
from .psql import migrate, run_psql
from .workspace import Workspace

STOP_SIGNALS = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "kill": signal.SIGKILL,
}


class Postgres:
    """A cluster that listens on a unix socket in a private directory and nowhere else."""

    first_step = "Starting PostgreSQL"

    def __init__(self, workspace: Workspace, *, extra_users=(), settings=()):
        self.workspace = workspace
        self.data = workspace.postgres
        self.settings = settings
        self.users = ("postgres", "chat_owner", "chat_worker", *extra_users)
        # The settings of the caller's own psql must not leak into ours.
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        self.env["LC_ALL"] = "C.UTF-8"
        self.worker_env = {k: v for k, v in self.env.items() if k != "LC_ALL"}
        # Words before the server's command line: an `env` that the server alone is to have.
        self.wrapper: list[str] = []
        self._child: Child | None = None

    def start(self) -> None:
        """Makes the cluster if there is none, and returns when it takes connections."""
        self._choose_binaries()
        self._choose_user()
        if not self.data.exists():
            self._initialize()
        self._forget_original()
        self._write_access_rules()
        socket_directory = self._socket_directory()
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={socket_directory}",
            f"hba_file={self.workspace.var}/postgres.hba",
            f"ident_file={self.workspace.var}/postgres.ident",
            "logging_collector=off",
            "log_destination=stderr",
            "log_line_prefix=%m [%p] %q%u@%d ",
            *self.settings,
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        # The death signal asks for a fast shutdown: no waiting for clients.
        self._child = self._run_as(
            "PostgreSQL",
            [*self.wrapper, f"{self.bin}/postgres", "-D", str(self.data), *options],
            Child,
            death_signal="INT",
        )
        self._wait_until_ready()
        if not self.psql("SELECT 1 FROM pg_database WHERE datname = 'chat'", dbname="postgres"):
            self.psql("CREATE DATABASE chat", dbname="postgres")

    def stop(self, mode: str = "fast") -> str | None:
        """Stops the server; returns a sentence when it had to be forced."""
        if self._child is None:
            return None
        complaint = self._child.stop(STOP_SIGNALS[mode], seconds=30)
        # Its processes see that the postmaster is gone; wait, or the next start will refuse.
        if not wait_until(lambda: not processes_in(self.data, "postgres"), seconds=10):
            send(processes_in(self.data, "postgres"), signal.SIGKILL)
        self._child = None
        return complaint

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def running(self) -> bool:
        return self._child is not None and self._child.running()

    @property
    def pid(self) -> int:
        return self._child.pid

    def conninfo(self, user: str = "postgres", dbname: str = "chat") -> str:
        return f"host={self.workspace.sockets}/pg dbname={dbname} user={user}"

    def psql(self, sql: str, *, user: str = "postgres", dbname: str = "chat") -> str:
        return run_psql(self.conninfo(user, dbname), sql, self.env)

    def migrate(self) -> None:
        migrate(self.conninfo(), self.env)

    def worker_conninfo(self) -> str:
        return self.conninfo("chat_worker")

    def _choose_binaries(self) -> None:
        installed = {
            path.parent.parent.name: path.parent
            for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        }
        if not installed:
            raise Failure("PostgreSQL is not installed. Run scripts/install-packages build run")
        newest = max(installed, key=float)
        wanted = newest
        if (self.data / "PG_VERSION").exists():
            wanted = (self.data / "PG_VERSION").read_text().strip()
        if wanted not in installed:
            raise Failure(
                f"{self.data} holds a cluster of PostgreSQL {wanted}, but this machine has "
                f"{', '.join(sorted(installed))}. Install postgresql-{wanted}, move the "
                "directory away, or choose another with VAR=..."
            )
        self.bin = installed[wanted]

    def _choose_user(self) -> None:
        """PostgreSQL refuses to run as root, so root hands it to somebody else: to the owner of
        the cluster that exists."""
        self.user = None
        self.capabilities = ()
        if os.getuid() != 0:
            return
        owner = self.data.stat().st_uid if self.data.exists() else 0
        names = [entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == owner != 0]
        self.user = (names or [n for n in ("postgres", "nobody") if _user_exists(n)])[0]
        reach = setpriv(user=self.user) + ["test", "-x", str(self.workspace.var)]
        if subprocess.run(reach).returncode != 0:
            # A checkout below /root, say. The one right that is missing, for this process only.
            self.capabilities = ("dac_override",)

    def _run_as(self, name, command, kind, **more):
        return kind(
            name,
            command,
            self.workspace.log / "postgres.log",
            user=self.user,
            capabilities=self.capabilities,
            env=self.env,
            **more,
            directory=self.data if self.data.exists() else self.workspace.var,
        )

    def _initialize(self) -> None:
        # Under another name first: a cluster that is only half there must not look like one.
        unfinished = self.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.user is not None:
            shutil.chown(unfinished, self.user, _group(self.user))
        say(f"Making a PostgreSQL {self.bin.parent.name} cluster in {self.data}")
        initdb = self._run_as(
            "initdb",
            [
                f"{self.bin}/initdb",
                "-D",
                str(unfinished),
                "-U",
                "postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--auth=reject",
                "--no-instructions",
            ],
            Child,
        )
        if initdb.process.wait() != 0:
            raise Failure(f"initdb failed: {initdb.last_words()}")
        unfinished.rename(self.data)

    def _write_access_rules(self) -> None:
        """Only the user who runs us gets in (and the one PostgreSQL runs as), as any role."""
        people = sorted({pwd.getpwuid(os.getuid()).pw_name} | ({self.user} - {None}))
        (self.workspace.var / "postgres.hba").write_text("local all all peer map=chat\n")
        (self.workspace.var / "postgres.ident").write_text(
            "".join(f'chat "{person}" {user}\n' for person in people for user in self.users)
        )

    def _forget_original(self) -> None:
        """In a copy of a running cluster PostgreSQL takes the original's process for one of ours.
        VAR is locked and what an earlier start left has been ended, so there is none."""
        file = self.data / "postmaster.pid"
        try:
            where = file.read_text().splitlines()[1]
        except (OSError, IndexError):
            return
        if where != str(self.data):
            file.unlink()

    def _socket_directory(self) -> Path:
        directory = self.workspace.sockets / "pg"
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            shutil.chown(directory, self.user)
        return directory

    def _wait_until_ready(self) -> None:
        def status() -> str:
            try:
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                # The file of one that was killed says ready until ours replaces it.
                return lines[7].strip() if lines[0] == str(self.pid) else ""
            except (OSError, IndexError):
                return ""

        wait_until(lambda: status() == "ready" or not self._child.running(), seconds=60)
        if not self._child.running() or status() != "ready":
            words = self._child.last_words()
            self.stop("immediate")
            raise Failure(f"PostgreSQL did not start: {words}")


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
        return True
    except KeyError:
        return False


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
