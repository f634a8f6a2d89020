"""A dump of every version of the schema is restored and brought up to date, as the manual says."""

import subprocess

import pytest
from conftest import REPOSITORY, bare_postgres
from database import append, message, migrate, query

import psycopg2

DUMPS = sorted((REPOSITORY / "tests/dumps").glob("schema-*.sql"))
SAID = ["first", "zwei \\ 'drei' \"vier\"\n\t→ 🙂", "x" * 3000]


@pytest.fixture(scope="module")
def server():
    """A new host: PostgreSQL without the roles of the chat."""
    with bare_postgres() as postgres:
        yield postgres


def restore(postgres, dump, dbname: str) -> str:
    """The manual's steps; returns the connection string."""
    postgres.psql(f"CREATE DATABASE {dbname} TEMPLATE template0 ENCODING 'UTF8'", dbname="postgres")
    conninfo = postgres.conninfo(dbname=dbname)
    sql = REPOSITORY / "sql/migrate"
    subprocess.run([sql, "--roles", conninfo], env=postgres.env, check=True)
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", conninfo]
    subprocess.run([*command, "--file", dump], env=postgres.env, check=True, stdout=subprocess.PIPE)
    return conninfo


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_dump_of_every_version_is_restored_and_migrated(server, dump):
    version = int(dump.stem[-3:])
    name = f"restored_{version}"
    conninfo = restore(server, dump, name)
    migrated = migrate(conninfo)
    assert migrated.returncode == 0, migrated.stdout
    again = migrate(conninfo)
    assert (again.returncode, again.stdout) == (0, "")

    worker = psycopg2.connect(server.conninfo("chat_worker", dbname=name))
    worker.autocommit = True
    try:
        bodies = query(worker, "SELECT body, id FROM chat.messages ORDER BY id")
        assert [body for body, _ in bodies] == (SAID if version > 1 else [])
        [(_, stored, outcome)] = append(worker, message("after the restore", key="new"))
        assert outcome == "stored" and all(stored > before for _, before in bodies)
        if version > 2:
            # A POST that is repeated across all that is still the same one.
            [(_, found, outcome)] = append(worker, message(SAID[1], key="client:1"))
            assert (found, outcome) == (bodies[1][1], "repeated")
        assert query(worker, "SELECT count(*) FROM chat.messages") == [(len(bodies) + 1,)]
    finally:
        worker.close()
    public = "SELECT has_database_privilege('public', current_database(), 'CONNECT')"
    assert server.psql(public, dbname=name) == "f"


def test_there_is_a_dump_of_every_version_but_the_last():
    versions = [int(path.name[:3]) for path in sorted((REPOSITORY / "sql").glob("[0-9]*.sql"))]
    assert [int(dump.stem[-3:]) for dump in DUMPS] == versions[:-1]
