"""/healthz means: can read and store. And a POST that cannot be stored says why."""

import os
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from functools import partial

import pytest
from client import Client, until
from stack import Failure

ASKED = 20  # often enough to reach every worker
BIG = secrets.token_hex(5000)  # does not become small in the table


@contextmanager
def setting(postgres, name: str, value: str):
    postgres.psql(f"ALTER SYSTEM SET {name} = {value}")
    postgres.psql("SELECT pg_reload_conf()")
    yield
    postgres.psql(f"ALTER SYSTEM RESET {name}")
    postgres.psql("SELECT pg_reload_conf()")


def read_only(stack):
    return setting(stack.postgres, "default_transaction_read_only", "on")


def standby_is_dead(stack):
    return setting(stack.postgres, "synchronous_standby_names", "nobody")


@contextmanager
def inserts_are_refused(stack):
    stack.postgres.psql("ALTER TABLE chat.messages ADD CONSTRAINT none CHECK (false) NOT VALID")
    yield
    stack.postgres.psql("ALTER TABLE chat.messages DROP CONSTRAINT none")


@contextmanager
def disk_is_full(stack):
    """The table moves to a small disk of its own, which somebody fills."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a disk")
    disk = stack.workspace.var / "disk"
    disk.mkdir()
    options = "size=1m,mode=0777"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "chat-test", disk])
    if mounted.returncode != 0:
        pytest.skip("a disk cannot be mounted here")
    try:
        space = disk / "space"
        space.mkdir(mode=0o777)
        if stack.postgres.user:
            shutil.chown(space, stack.postgres.user)
        stack.postgres.psql(f"CREATE TABLESPACE small LOCATION '{space}'")
        stack.postgres.psql("ALTER TABLE chat.messages SET TABLESPACE small")
        filling = disk / "filling"
        with pytest.raises(OSError), open(filling, "wb", buffering=0) as file:
            while True:
                file.write(bytes(512))
        fill_table(stack)
        yield
        filling.unlink()
        until(lambda: healthy_everywhere(Client(stack)), "healthy with room on its disk")
        stack.postgres.psql("ALTER TABLE chat.messages SET TABLESPACE pg_default")
        stack.postgres.psql(
            "ALTER TABLE chat.messages RESET (autovacuum_enabled, toast.autovacuum_enabled)"
        )
        stack.postgres.psql("DROP TABLESPACE small")
    except BaseException:
        stack.postgres.stop("immediate")
        raise
    finally:
        subprocess.run(["umount", disk], check=True)


def fill_table(stack) -> None:
    """Uses up the room inside the table's files as well, which probes and vacuum leave there: the
    disk may be full and a message fit all the same. What is refused leaves its bytes behind, and
    autovacuum must not give them back meanwhile."""
    stack.postgres.psql(
        "ALTER TABLE chat.messages SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)"
    )
    with pytest.raises(Failure, match="No space left on device"):
        stack.postgres.psql(
            "INSERT INTO chat.messages (id, room, body)"
            " SELECT lpad(to_hex(n), 32, '0')::uuid, 'lobby',"
            " left(string_agg(md5(random()::text), ''), 10000)"
            " FROM generate_series(1, 1000) AS n, generate_series(1, 313) GROUP BY n"
        )


def health(client: Client) -> list[tuple[int, str]]:
    answers = [client.request("GET", "/healthz") for _ in range(ASKED)]
    return [(answer.status, answer.text.decode()) for answer in answers]


def healthy_everywhere(client: Client) -> bool:
    return {status for status, _ in health(client)} == {200}


def ill_everywhere(client: Client, sentence: str) -> bool:
    return all(status == 503 and sentence in text for status, text in health(client))


TROUBLES = [
    (read_only, "The database is read-only"),
    (standby_is_dead, "The database does not finish storing messages"),
    (inserts_are_refused, "The database refuses to store messages"),
    (disk_is_full, "The database's disk is full"),
]


@pytest.mark.parametrize(
    "trouble, sentence", TROUBLES, ids=lambda value: getattr(value, "__name__", "")
)
def test_who_cannot_store_says_so_and_why(make_stack, trouble, sentence):
    stack = make_stack(
        worker_args=["--store-probe-ms=1000", "--append-retry-ms=1500", "--append-timeout-ms=15000"]
    )
    client = Client(stack)
    said = client.say("den", "before")
    with trouble(stack):
        # A changed setting reaches a session that is open a moment later.
        post = partial(client.post, {"room": "den", "body": BIG})
        until(lambda: post().status != 200, "a POST that is refused")
        answer = post()
        assert answer.status in (500, 503) and list(answer.json) == ["error"]
        if answer.status == 503:
            assert sentence in answer.json["error"]
        until(lambda: ill_everywhere(client, sentence), f"/healthz says: {sentence}")
        # It stays with it: nothing flaps while the trouble lasts.
        for _ in range(3):
            assert ill_everywhere(client, sentence), health(client)
        # What can be read is still read.
        page = client.get("room=den&timeout=0")
        assert (page.status, page.json[:1]) == (200, [said])
    until(lambda: healthy_everywhere(client), "healthy again")
    client.insist("den", "after", "key-after")
