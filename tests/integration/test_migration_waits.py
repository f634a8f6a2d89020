"""sql/migrate while somebody holds a lock: it waits, and nobody waits behind it."""

import os
import shutil
import subprocess
import threading

import psycopg2
import pytest

from client import NEWEST, Background, Client, until
from conftest import REPOSITORY, bare_postgres

WIDER = """
SET LOCAL ROLE chat_owner;
ALTER TABLE chat.messages ADD COLUMN wide text;
"""


@pytest.fixture
def wider(var):
    """The migrations and one more, which needs chat.messages for itself."""
    shutil.copytree(REPOSITORY / "sql", var / "sql")
    (var / "sql/900_wider.sql").write_text(WIDER)
    return var / "sql"


class Migration:
    """sql/migrate at work, its words as they come."""

    def __init__(self, directory, conninfo, **env):
        self.lines = []
        self.process = subprocess.Popen(
            [directory / "migrate", conninfo],
            env=os.environ | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reading = Background(self.lines.extend, self.process.stdout)

    def said(self, *words) -> bool:
        return any(all(word in line for word in words) for line in self.lines)

    def result(self) -> int:
        self.reading.result()
        return self.process.wait()


class Readers:
    """People who read what only the database has, and who write, until they are told to stop. The
    first answer that is no 200 ends theirs and is raised by stop()."""

    def __init__(self, stack):
        self.answers, self.stopped = 0, threading.Event()
        self.work = [
            Background(self.keep_asking, Client(stack), ask)
            for ask in (
                lambda client: client.get(f"before={NEWEST}&limit=50"),
                lambda client: client.get("limit=50&timeout=0"),
                lambda client: client.post({"body": "hello", "room": "hall"}),
                lambda client: client.request("GET", "/healthz"),
            )
        ]

    def keep_asking(self, client, ask):
        while not self.stopped.is_set():
            answer = ask(client)
            assert answer.status == 200, answer
            self.answers += 1

    def troubled(self) -> bool:
        return any(not work.is_alive() for work in self.work)

    def stop(self) -> None:
        self.stopped.set()
        for work in self.work:
            work.result()


def fill(postgres) -> None:
    """More than a pipe holds, in texts that do not compress."""
    postgres.psql(
        """
        SELECT FROM chat.append(
            (SELECT array_agg((SELECT left(string_agg(md5(n::text || m), ''), 9000)
                               FROM generate_series(1, 300) AS m))
             FROM generate_series(1, 100) AS n),
            array_fill('lobby'::text, ARRAY[100]), array_fill(null::text, ARRAY[100]),
            (SELECT array_agg('key-' || n) FROM generate_series(1, 100) AS n))"""
    )


def holds(postgres, application: str) -> bool:
    return (
        postgres.psql(
            f"""
        SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
                       WHERE application_name = '{application}' AND granted
                         AND relation = 'chat.messages'::regclass)"""
        )
        == "t"
    )


def columns(postgres) -> str:
    return postgres.psql(
        "SELECT count(*) FROM pg_attribute"
        " WHERE attrelid = 'chat.messages'::regclass AND attname = 'wide'"
    )


def test_nobody_notices_a_migration_during_a_dump(make_stack, wider):
    stack = make_stack(worker_args=("--window-messages=1",))
    fill(stack.postgres)
    # Its output is not taken, so it stands still with its locks held.
    dump = subprocess.Popen(
        [f"{stack.postgres.bin}/pg_dump", stack.postgres.conninfo()], stdout=subprocess.PIPE
    )
    until(lambda: holds(stack.postgres, "pg_dump"), "pg_dump holds its locks")
    readers = Readers(stack)
    migration = Migration(wider, stack.postgres.conninfo())
    try:
        until(lambda: migration.said("wait") or readers.troubled(), "it says that it waits")
        before = readers.answers
        until(lambda: readers.answers > before + 400 or readers.troubled(), "readers read on")
        assert columns(stack.postgres) == "0"
    finally:
        dump.communicate()
    assert dump.returncode == 0
    assert migration.result() == 0, migration.lines
    readers.stop()
    assert columns(stack.postgres) == "1"
    assert migration.said("900_wider.sql waits", "(pg_dump, role postgres, since ", "chat.messages")
    assert [line for line in migration.lines if "Applying" in line] == ["Applying 900_wider.sql\n"]


@pytest.fixture
def narrow_again(postgres):
    yield
    postgres.psql(
        "ALTER TABLE chat.messages DROP COLUMN IF EXISTS wide;"
        " DELETE FROM chat.schema_migrations WHERE version = 900"
    )


@pytest.fixture
def reader(postgres, narrow_again):
    """A session that reads chat.messages and keeps its transaction open."""
    connection = psycopg2.connect(postgres.conninfo(), application_name="report")
    connection.cursor().execute("SELECT FROM chat.messages")
    yield connection
    connection.close()


def test_a_lock_that_is_not_let_go_ends_the_migration_with_a_sentence(postgres, reader, wider):
    migration = Migration(wider, postgres.conninfo(), MIGRATE_WAIT="0")
    assert migration.result() == 1
    assert migration.said(
        "900_wider.sql waits", f"process {reader.info.backend_pid} (report, ", "AccessShareLock"
    )
    assert migration.said("gave up after 0 s", "900_wider.sql has changed nothing")
    assert migration.said("role postgres, since 2", "ran last: SELECT FROM chat.messages)")
    assert not migration.said("ERROR")
    assert columns(postgres) == "0"


def test_a_migration_goes_on_when_the_lock_is_let_go(postgres, reader, wider):
    migration = Migration(wider, postgres.conninfo())
    until(lambda: migration.said("900_wider.sql waits"), "it waits")
    reader.rollback()
    assert migration.result() == 0, migration.lines
    # Said once, however often it was tried.
    assert len(migration.lines) == 2, migration.lines
    assert columns(postgres) == "1"


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "100000"])
def test_a_wait_that_is_no_number_of_seconds_is_refused(postgres, value):
    migration = Migration(REPOSITORY / "sql", postgres.conninfo(), MIGRATE_WAIT=value)
    assert migration.result() == 2
    assert migration.said("MIGRATE_WAIT must be a number of seconds", value)


def test_an_autovacuum_gives_way(wider):
    """It holds a lock for as long as it takes, hours where the table is large."""
    slow = (
        "autovacuum_naptime=1",
        "autovacuum_vacuum_cost_delay=100",
        "autovacuum_vacuum_cost_limit=1",
    )
    with bare_postgres(settings=slow) as postgres:
        postgres.migrate()
        fill(postgres)
        postgres.psql(
            "ALTER TABLE chat.messages SET (autovacuum_vacuum_threshold = 1,"
            " autovacuum_vacuum_scale_factor = 0); UPDATE chat.messages SET author = 'ada'"
        )
        until(
            lambda: postgres.psql(
                "SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum"
                " WHERE relid = 'chat.messages'::regclass)"
            )
            == "t",
            "an autovacuum is at work",
        )
        migration = Migration(wider, postgres.conninfo(), MIGRATE_WAIT="20")
        assert migration.result() == 0, migration.lines
        # It had not come to its end by itself.
        assert (
            postgres.psql(
                "SELECT autovacuum_count FROM pg_stat_all_tables"
                " WHERE relid = 'chat.messages'::regclass"
            )
            == "0"
        )
