"""What was found in the field, set up for real: the doctor names each, and what to write."""

import os
import socket
from contextlib import contextmanager

import pytest
from conftest import running_stack
from test_check import check, nginx_dump, problems

MANY = "--max-polls=5000"


@pytest.fixture(scope="module")
def stack():
    with running_stack(workers=1) as running:
        yield running


@pytest.fixture
def database():
    """A migrated cluster with a worker, which a test may spoil."""
    with running_stack(workers=1) as running:
        yield running.postgres


def spoilt(stack, old: str, new: str) -> list[str]:
    """The problems of nginx's configuration with one thing changed."""
    dump = nginx_dump(stack)
    assert old in dump
    conninfo = stack.postgres.worker_conninfo()
    status, said = check(conninfo, "--nginx-config=-", MANY, stdin=dump.replace(old, new))
    assert status == (1 if problems(said) else 0), said
    return problems(said)


# nginx


@pytest.mark.parametrize(
    "old, new, part",
    [
        ("fastcgi_keep_conn on;", "fastcgi_keep_conn on; fastcgi_buffering off;", "buffering off"),
        ("error timeout non_idempotent", "timeout non_idempotent", "both error and timeout"),
        ("_upstream_tries 3", "_upstream_tries 1", "fastcgi_next_upstream_tries 1"),
        ("_upstream_timeout 58s", "_upstream_timeout 5s", "fastcgi_next_upstream_timeout 5s"),
        ("burst=200 nodelay", "burst=2", "limit_req zone=chat_requests lets 3"),
        ("chat_connections 200", "chat_connections 1", "limit_conn chat_connections allows 1"),
        ("REQUEST_ID $request_id", "REQUEST_ID $http_x_request_id", "($http_x_request_id)"),
        ("REMOTE_USER $chat_user", "REMOTE_USER $http_x_user", "anybody can be anybody"),
        ("REMOTE_USER $chat_user", "REMOTE_USER $remote_user", "nobody checks a password"),
        ("server_tokens off;", "set_real_ip_from 0.0.0.0/0;", "believes everybody"),
    ],
)
def test_what_is_wrong_with_nginx_is_named(stack, old, new, part):
    found = spoilt(stack, old, new)
    assert len(found) == 1 and part in found[0], found


def test_operators_pages_for_all_are_named(stack):
    found = spoilt(stack, "allow 127.0.0.1;", "allow all;")
    assert sorted(line.split()[1] for line in found) == ["/healthz", "/metrics", "/status"]


def test_debians_worker_connections_are_named(stack):
    dump = nginx_dump(stack)
    [line] = [line for line in dump.splitlines() if "worker_connections" in line]
    found = spoilt(stack, line, "worker_connections 768;")
    assert len(found) == 1 and "holds 384 people" in found[0]


# The host


def test_another_path_than_the_workers_is_named(stack):
    path = str(stack.workers.socket_path)
    found = spoilt(stack, f"unix:{path}", f"unix:{path}.other")
    assert len(found) == 1 and f"{path}.other, which is not there" in found[0]


def test_workers_that_listen_elsewhere_are_named(stack):
    dump = nginx_dump(stack)
    conninfo = stack.postgres.worker_conninfo()
    path = str(stack.workers.socket_path)
    status, said = check(conninfo, "--nginx-config=-", MANY, f"--listen={path}", stdin=dump)
    assert (status, problems(said)) == (0, []), said
    status, said = check(conninfo, "--nginx-config=-", MANY, "--listen=/x.sock", stdin=dump)
    [problem] = problems(said)
    assert status == 1 and "listen at /x.sock" in problem and path in problem


def test_a_socket_without_a_listener_is_named(stack):
    left = stack.workspace.sockets / "left.sock"
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(left))
        gone.listen()
    found = spoilt(stack, f"unix:{stack.workers.socket_path}", f"unix:{left}")
    assert any("Nobody listens" in line for line in found), found


def test_workers_that_do_not_answer_are_named(stack):
    silent = stack.workspace.sockets / "silent.sock"
    with socket.socket(socket.AF_UNIX) as nobody:
        nobody.bind(str(silent))
        nobody.listen()
        silent.chmod(0o660)
        found = spoilt(stack, f"unix:{stack.workers.socket_path}", f"unix:{silent}")
    assert len(found) == 1 and "No worker answers" in found[0], found


@contextmanager
def mode_of(path, mode: int):
    before = path.stat().st_mode
    path.chmod(mode)
    yield
    path.chmod(before)


def test_a_socket_for_everybody_is_named(stack):
    # Its directory keeps others out, so that it takes both.
    path = stack.workers.socket_path
    with mode_of(path.parent, 0o755), mode_of(path, 0o666):
        found = spoilt(stack, "server_tokens off;", "")
    assert len(found) == 1 and "can speak as any user" in found[0], found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's socket can be closed to somebody")
def test_a_socket_that_nginx_may_not_use_is_named(stack):
    path = stack.workers.socket_path
    with mode_of(path.parent, 0o755), mode_of(path, 0o600):
        found = spoilt(stack, "user root;", "user daemon;")
    assert len(found) == 1 and "nginx runs as daemon, which may not connect" in found[0], found


def test_an_nginx_that_does_not_run_is_named(stack):
    dump = nginx_dump(stack)
    [line] = [line for line in dump.splitlines() if line.startswith("pid ")]
    found = spoilt(stack, line, "pid /nowhere/nginx.pid;")
    assert len(found) == 1 and "nginx does not run" in found[0], found


# The database


def found_in(postgres, *arguments) -> str:
    status, said = check(postgres.worker_conninfo(), *arguments)
    assert status == (1 if problems(said) else 0), said
    return said


@pytest.mark.parametrize(
    "sql, part",
    [
        ("ALTER SYSTEM SET fsync = off", "fsync = off"),
        ("ALTER SYSTEM SET full_page_writes = off", "full_page_writes = off"),
        ("ALTER DATABASE chat SET synchronous_commit = off", "synchronous_commit is off"),
        (
            "ALTER DATABASE chat SET default_transaction_isolation = serializable",
            "default_transaction_isolation is serializable",
        ),
        ("ALTER DATABASE chat SET default_transaction_read_only = on", "database is read-only"),
        ("ALTER ROLE chat_worker RESET ALL", "has no statement_timeout"),
        (
            # What a CREATE INDEX CONCURRENTLY that was interrupted leaves behind.
            "CREATE INDEX half_made ON chat.messages (author);"
            " UPDATE pg_index SET indisvalid = false"
            " WHERE indexrelid = 'chat.half_made'::regclass",
            "chat.half_made is invalid",
        ),
        (
            # All that asks for the time by its short name sees a clock of its own.
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz"
            " RETURN pg_catalog.clock_timestamp() + interval '400 days';"
            " ALTER ROLE chat_worker SET search_path = public, pg_catalog",
            "clock is 400 days ahead of this host's",
        ),
        ("DROP INDEX chat.messages_room_id", "chat.messages_room_id is missing"),
        (
            "UPDATE pg_index SET indisvalid = false"
            " WHERE indexrelid = 'chat.keys_message_id'::regclass",
            "chat.keys_message_id is invalid",
        ),
        (
            "SELECT setval('chat.last_position',"
            " (extract(epoch FROM now() + interval '1 year') * 1000)::bigint << 16)",
            "days ahead of the database's clock",
        ),
        (
            "SELECT * FROM chat.append('{x}', '{lobby}', '{null}', '{k}');"
            " SELECT setval('chat.last_position', 1)",
            "behind the newest message",
        ),
        ("INSERT INTO chat.schema_migrations VALUES (999, 'later')", "newer than the version"),
        ("ALTER ROLE chat_worker CONNECTION LIMIT 5", "but only 5 are left"),
    ],
)
def test_what_is_wrong_with_the_database_is_named(database, sql, part):
    assert part not in found_in(database)
    for statement in sql.split("; "):
        database.psql(statement)
    database.psql("SELECT pg_reload_conf()")
    assert part in found_in(database, "--readers=8")


def test_too_few_connections_for_the_workers_are_named(make_stack):
    postgres = make_stack(workers=1, postgres_settings=["max_connections=20"]).postgres
    assert "need" not in found_in(postgres)
    assert "1 worker with 66 connections each need 66" in found_in(postgres, "--readers=64")
