"""Purging the package drops the database that chat-setup wrote down, on the server it is on."""

import os
import subprocess

import pytest

from conftest import REPOSITORY, bare_postgres

RECORD = """
instance= chat=chat conf=$1/chat.conf
. scripts/setup/record.sh
. scripts/setup/settings.sh
. scripts/setup/database.sh
record=$1/chat.made
remember database "$(recorded "$(word dbname)")"
"""
# As the package's script does it, but in the test's directory and as the test's user.
DROP = """
directory=$1
set -- none
. debian/chat.postrm
written() { sed -n "s/^$1 //p" "$directory/chat.made"; }
runuser() { shift 3 && "$@"; }
drop_databases
"""


@pytest.fixture
def servers():
    with bare_postgres() as usual, bare_postgres() as other:
        yield usual, other


def test_a_database_of_the_same_name_on_another_server_stays(var, servers):
    usual, other = servers
    for server in servers:
        server.psql("CREATE DATABASE messages", dbname="postgres")
    conninfo = other.conninfo(user="chat_worker", dbname="messages")
    (var / "chat.conf").write_text(f"database = {conninfo}\n")
    host = dict(word.split("=") for word in usual.conninfo().split())["host"]

    for script in (RECORD, DROP):
        subprocess.run(
            ["sh", "-ec", script, "sh", var],
            cwd=REPOSITORY,
            env=os.environ | {"PGHOST": host, "PGUSER": "postgres"},
            check=True,
        )

    found = [
        server.psql("SELECT datname FROM pg_database WHERE datname = 'messages'", dbname="postgres")
        for server in servers
    ]
    assert [rows.strip() for rows in found] == ["messages", ""]
