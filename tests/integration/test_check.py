"""chat-worker --check against real databases, a real pooler and what the real nginx prints."""

import os
import shutil
import subprocess

import pytest
from client import Client
from conftest import running_stack
from database import age_of_messages
from stack.children import setpriv, wait_until
from stack.workers import worker_binary, worker_environment

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
PGBOUNCER = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")


def check(database: str, *arguments, stdin: str = "") -> tuple[int, str]:
    """The exit status and all that was said."""
    done = subprocess.run(
        [worker_binary(), "--check", f"--database={database}", *arguments],
        env=worker_environment(dict(os.environ)),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def problems(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("PROBLEM")]


@pytest.fixture(scope="module")
def nginx_stack():
    with running_stack(workers=1) as running:
        yield running


def nginx_dump(stack) -> str:
    home = stack.workspace.nginx
    command = [NGINX, "-T", "-e", "stderr", "-p", f"{home}/", "-c", str(home / "nginx.conf")]
    # Both outputs together, as people take them.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_stack_as_it_is_shipped_is_fine(nginx_stack):
    dump = nginx_dump(nginx_stack)
    status, said = check(
        nginx_stack.postgres.worker_conninfo(),
        "--nginx-config",
        "-",
        "--max-polls=5000",
        stdin=dump,
    )
    assert (status, problems(said)) == (0, []), said
    assert "PostgreSQL" in said


@pytest.mark.parametrize(
    "old, new, part",
    [
        ("fastcgi_read_timeout 65s;", "fastcgi_read_timeout 30s;", "gives a worker up after 30s"),
        ("fastcgi_keep_conn on;", "", "fastcgi_keep_conn is off"),
        ("fastcgi_request_buffering on;", "fastcgi_request_buffering off;", "slow client"),
        ("keepalive 8192;", "keepalive 16;", "keeps 16 connections"),
        ("non_idempotent;", ";", "does not send a POST again"),
    ],
)
def test_what_is_wrong_with_nginx_is_said(nginx_stack, var, old, new, part):
    dump = nginx_dump(nginx_stack)
    assert old in dump
    file = var / "nginx.txt"
    file.write_text(dump.replace(old, new))
    status, said = check(
        nginx_stack.postgres.worker_conninfo(), f"--nginx-config={file}", "--max-polls=5000"
    )
    assert status == 1
    assert len(problems(said)) == 1 and part in said


def test_operators_pages_that_are_open_are_named(nginx_stack):
    dump = nginx_dump(nginx_stack)
    assert "deny all;" in dump
    status, said = check(
        nginx_stack.postgres.worker_conninfo(),
        "--nginx-config=-",
        "--max-polls=5000",
        stdin=dump.replace("deny all;", ""),
    )
    assert status == 1
    opened = [line.split()[1] for line in problems(said) if "is open to everybody" in line]
    assert sorted(opened) == ["/healthz", "/metrics", "/status"], said


def test_what_cannot_be_read_cannot_be_checked(postgres, var):
    database = postgres.conninfo("chat_worker")
    for path in (var / "missing", var):
        status, said = check(database, f"--nginx-config={path}")
        assert status == 2
        assert f"{path} is empty or cannot be read" in said
    status, said = check(database, "--nginx-config=-", stdin="http { include mime.types; }")
    assert status == 2
    assert "`nginx -T`" in said


def test_a_setting_that_cannot_be_used_cannot_be_checked():
    assert check("nonsense=1")[0] == 2
    assert check("", "--max-polls=none")[0] == 2


def test_the_database_of_a_worker_is_fine(postgres):
    status, said = check(postgres.conninfo("chat_worker"))
    assert (status, problems(said)) == (0, []), said


def test_a_database_that_is_not_there_is_a_problem(var):
    status, said = check(f"host={var}")
    assert status == 1
    assert "The database cannot be reached: " in said


def test_a_database_that_is_not_migrated_is_a_problem(postgres):
    postgres.psql("CREATE DATABASE bare", dbname="postgres")
    try:
        status, said = check(postgres.conninfo("chat_worker", dbname="bare"))
        assert status == 1
        assert "run sql/migrate" in said
    finally:
        postgres.psql("DROP DATABASE bare", dbname="postgres")


def test_an_older_schema_is_a_problem(make_stack):
    postgres = make_stack(workers=1).postgres
    postgres.psql("DELETE FROM chat.schema_migrations WHERE version > 3")
    status, said = check(postgres.worker_conninfo())
    assert status == 1
    assert "The database's schema is at version 3" in said


@pytest.mark.parametrize("role, right", [("postgres", "is a superuser")])
def test_a_role_that_may_do_everything_is_a_problem(postgres, role, right):
    status, said = check(postgres.conninfo(role))
    assert status == 1
    assert [line for line in problems(said) if f"The role {role} {right}" in line]


@pytest.mark.parametrize(
    "grant, revoke, part",
    [
        (
            "GRANT INSERT ON chat.messages TO chat_worker",
            "REVOKE INSERT ON chat.messages FROM chat_worker",
            "may write to chat.messages without chat.append",
        ),
        (
            "GRANT CREATE ON SCHEMA chat TO chat_worker",
            "REVOKE CREATE ON SCHEMA chat FROM chat_worker",
            "may make things in the schema chat",
        ),
        (
            "ALTER ROLE chat_worker CREATEROLE",
            "ALTER ROLE chat_worker NOCREATEROLE",
            "create roles",
        ),
        (
            "GRANT chat_owner TO chat_worker",
            "REVOKE chat_owner FROM chat_worker",
            "become chat_owner",
        ),
        (
            "REVOKE SELECT ON chat.messages FROM chat_worker",
            "GRANT SELECT ON chat.messages TO chat_worker",
            "may not read chat.messages",
        ),
    ],
)
def test_a_right_too_many_or_too_few_is_a_problem(postgres, grant, revoke, part):
    postgres.psql(grant)
    try:
        status, said = check(postgres.conninfo("chat_worker"))
    finally:
        postgres.psql(revoke)
    assert status == 1
    assert part in said


class Pgbouncer:
    """A pooler before a private cluster, on a socket of its own."""

    def __init__(self, postgres, mode: str):
        self.directory = postgres.workspace.sockets / f"pooler-{mode}"
        self.directory.mkdir()
        if postgres.user is not None:  # it refuses root, as PostgreSQL does
            shutil.chown(self.directory, postgres.user)
        config = postgres.workspace.var / f"pgbouncer-{mode}.ini"
        server = postgres.conninfo("chat_worker")
        config.write_text(
            f"[databases]\nchat = {server}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
            f"unix_socket_dir = {self.directory}\nauth_type = any\npool_mode = {mode}\n"
        )
        self.process = subprocess.Popen(
            [*setpriv(user=postgres.user), PGBOUNCER, "--quiet", str(config)],
            stderr=subprocess.DEVNULL,
        )
        self.conninfo = f"host={self.directory} port=6432 dbname=chat user=chat_worker"
        assert wait_until((self.directory / ".s.PGSQL.6432").exists, seconds=20)

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.mark.parametrize(
    "mode, status, said", [("transaction", 1, "pooler in transaction mode"), ("session", 0, "good")]
)
def test_a_pooler_that_swallows_notifications_is_found(postgres, mode, status, said):
    pooler = Pgbouncer(postgres, mode)
    try:
        found, text = check(pooler.conninfo)
        assert found == status, text
        assert said in text
    finally:
        pooler.stop()


def test_a_search_index_that_nobody_fills_is_found(make_stack):
    stack = make_stack(workers=1, worker_args=["--search-interval-ms=0"])
    Client(stack).say("lobby", "who finds this?")
    age_of_messages(stack.postgres, "150 minutes")
    status, said = check(stack.postgres.worker_conninfo())
    assert (status, problems(said)) == (0, []), said
    assert "The search index is 2 hours behind" in said
