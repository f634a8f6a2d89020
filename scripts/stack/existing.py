"""A PostgreSQL server that somebody else runs: DATABASE_URL."""

import os
import re
from urllib.parse import unquote, urlsplit, urlunsplit

from .children import say
from .psql import migrate, run_psql

# What ALTER ROLE chat_worker SET ... gives to sessions that log in as it.
WORKER_SETTINGS = (
    "statement_timeout=5s",
    "lock_timeout=3s",
    "idle_in_transaction_session_timeout=2s",
    "jit=off",
)


class ExistingDatabase:
    """What Postgres is to the rest of the stack, without starting or stopping anything."""

    first_step = "Connecting to the database of DATABASE_URL"

    def __init__(self, url: str):
        self.env = dict(os.environ)
        self.url = self._keep_password_out_of_sight(url)
        self.worker_env = dict(self.env)

    def start(self) -> None:
        self.user = self.psql("SELECT current_user")

    def stop(self, mode: str = "fast") -> str | None:
        return None

    def running(self) -> bool:
        return True

    def conninfo(self) -> str:
        return self.url

    def psql(self, sql: str) -> str:
        return run_psql(self.url, sql, self.env)

    def migrate(self) -> None:
        if self.user == "chat_worker":
            say("  chat_worker may not migrate, so the database is taken as it is")
            return
        migrate(self.url, self.env)
        self._become_worker()

    def worker_conninfo(self) -> str:
        return self.url

    def _keep_password_out_of_sight(self, url: str) -> str:
        """Command lines can be read by everybody on the machine."""
        if not re.match("postgres(ql)?://", url):
            return url
        parts = urlsplit(url)
        credentials, at, hosts = parts.netloc.rpartition("@")
        user, colon, password = credentials.partition(":")
        if colon:
            self.env["PGPASSWORD"] = unquote(password)
        return urlunsplit(parts._replace(netloc=f"{user}{at}{hosts}"))

    def _become_worker(self) -> None:
        """Workers log in as the owner here, and then step down to what they may do."""
        right = "SET" if int(self.psql("SHOW server_version_num")) >= 160000 else "MEMBER"
        if self.psql(f"SELECT pg_has_role('chat_worker', '{right}')") != "t":
            self.psql("DO $$ BEGIN EXECUTE format('GRANT chat_worker TO %I', current_user); END $$")
        options = [f"-c {setting}" for setting in ("role=chat_worker", *WORKER_SETTINGS)]
        self.worker_env["PGOPTIONS"] = " ".join([self.env.get("PGOPTIONS", ""), *options]).strip()
