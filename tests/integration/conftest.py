"""What the integration tests stand on: the same stack that `make run` starts, in a directory of
its own. Every process of pytest-xdist is a session and has its own; they never meet."""

import functools
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "scripts"), str(REPOSITORY / "tests")]

from stack import Postgres, Stack, Workspace  # noqa: E402

until_all_tests_are_done = ExitStack()


def pytest_sessionfinish():
    until_all_tests_are_done.close()


@contextmanager
def temporary_var():
    """A directory to be VAR: short, open to the user that PostgreSQL runs as, removed after."""
    directory = Path(tempfile.mkdtemp(prefix="chat-test-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@functools.cache
def empty_cluster() -> Path:
    """A cluster with an empty database, made once: initdb takes longer than most tests."""
    var = until_all_tests_are_done.enter_context(temporary_var())
    workspace = Workspace(var)
    workspace.open()
    postgres = Postgres(workspace)
    postgres.start()
    postgres.stop()
    workspace.close()
    return postgres.data


@contextmanager
def temporary_var_with_cluster():
    with temporary_var() as var:
        subprocess.run(["cp", "-a", empty_cluster(), var], check=True)
        yield var


@contextmanager
def running_stack(**arguments):
    with temporary_var_with_cluster() as var, Stack(var, **arguments) as stack:
        yield stack


@contextmanager
def bare_postgres(**arguments):
    """A private cluster without migrations, workers or nginx."""
    with temporary_var_with_cluster() as var:
        workspace = Workspace(var)
        workspace.open()
        postgres = Postgres(workspace, **arguments)
        try:
            postgres.start()
            yield postgres
        finally:
            postgres.stop("immediate")
            workspace.close()


@pytest.fixture
def var():
    with temporary_var() as directory:
        yield directory


@pytest.fixture
def make_stack():
    """Makes stacks with arguments of their own, which end with the test."""
    opened = []

    def make(**arguments) -> Stack:
        context = temporary_var_with_cluster()
        var = context.__enter__()
        opened.append(context)
        stack = Stack(var, **arguments)
        opened.append(stack)
        stack.start()
        return stack

    yield make
    # Read everything down before saying what one of them had to complain about.
    complaints = []
    for context in reversed(opened):
        if isinstance(context, Stack):
            complaints += context.stop()
        else:
            context.__exit__(None, None, None)
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="session")
def stack():
    """One stack for all tests that leave it as they found it."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="session")
def postgres():
    """A migrated cluster alone, for the tests of sql/."""
    with bare_postgres() as running:
        running.migrate()
        yield running


@pytest.fixture
def connect(postgres):
    """Opens connections to an empty chat, as chat_worker in autocommit unless told otherwise."""
    postgres.psql(
        """
        TRUNCATE chat.messages, chat.idempotency_keys, chat.keys;
        SELECT setval('chat.last_position', 0), setval('chat.last_timeline', 0),
            setval('chat.last_old_key', 0);
        """
    )
    opened = []

    def connect_as(user: str = "chat_worker"):
        connection = psycopg2.connect(postgres.conninfo(user))
        connection.autocommit = True
        opened.append(connection)
        return connection

    yield connect_as
    for connection in opened:
        connection.close()
