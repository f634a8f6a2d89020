"""Rows that are inserted or changed the usual way, their positions made before the commit: every
reader misses something, whichever way he reads, and the checker sees it."""

import time
from contextlib import contextmanager
from uuid import UUID

import psycopg2
from checker import check
from client_process import Clients
from findings import LOST, OUT_OF_ORDER
from history import Change, Post, read_readings
from run import LIVELY_STREAMS, NAIVE
from stack import Stack, wait_until
from table import digest, read_rows

APPEND = (
    "SELECT id FROM chat.append(ARRAY[%s], ARRAY['room-0'], ARRAY['somebody'], ARRAY[''],"
    " ARRAY[%s], ARRAY[sha256('secret')])"
)
CHANGE = (
    "SELECT version FROM chat.change(ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[''],"
    " ARRAY[sha256('secret')], ARRAY[NULL], ARRAY['a change'])"
)
TAKE_POSITION = (
    "SELECT chat.id_at(setval('chat.last_position', last_value + 1)) FROM chat.last_position"
)
UPDATE = (
    "ALTER TABLE chat.messages DISABLE TRIGGER count_updated;"
    "UPDATE chat.messages SET body = %s, version = %s WHERE id = %s"
)
BODIES = {1: "first", 2: "second", 3: "third", 4: "fourth"}
READERS = 8  # by polls, by streams and by both in turn, told of changes or not
OF_CHANGES = 3


def body_of(serial: int, edited: bool = False) -> str:
    return f"{serial:016x} {BODIES[serial]}{' edited' if edited else ''}"


def digest_of(serial: int, edited: bool = False) -> int:
    return digest("room-0", "somebody", body_of(serial, edited))


@contextmanager
def chat_with_readers(directory):
    settings = ("track_commit_timestamp=on",)
    with Stack(
        directory / "var", workers=1, worker_args=LIVELY_STREAMS, postgres_settings=settings
    ) as stack:
        clients = Clients(
            stack.nginx.port, directory, spread=1, writers=0, readers=READERS, rooms=1
        )
        try:
            assert wait_until(lambda: len(clients.starts) == READERS, seconds=30)
            yield stack, clients
        finally:
            clients.kill()


def answer_to(connection, *statement) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return UUID(cursor.fetchone()[0]).bytes


def append(connection, serial: int) -> Post:
    message_id = answer_to(connection, APPEND, (body_of(serial), f"key-{serial}"))
    return Post(digest_of(serial), [(message_id, digest_of(serial), 0)])


def read_by_all(clients, messages: int) -> None:
    assert wait_until(lambda: clients.counts.get("read", 0) == messages, seconds=30), clients.counts


def test_what_is_committed_after_a_greater_position_is_lost(directory):
    with chat_with_readers(directory) as (stack, clients):
        first = psycopg2.connect(stack.postgres.conninfo())
        second = psycopg2.connect(stack.postgres.conninfo())
        second.autocommit = True
        posts = {serial: append(second, serial) for serial in (1, 2)}
        edited, other = (post.answers[0][0] for post in posts.values())
        read_by_all(clients, 2 * READERS)
        changes = change_crosswise(second, clients, edited, other)
        stack.postgres.psql(NAIVE.read_text())
        posts |= insert_crosswise(first, second, clients)
        clients.finish()
        first.close()
        second.close()
        rows = read_rows(stack.postgres)
        readings = read_readings(directory, clients.starts)
    late = posts[3].answers[0][0]
    assert len(rows) == 4
    assert sorted(reading.changes for reading in readings) == [False] * 5 + [True] * OF_CHANGES
    for reading in readings:
        findings = check(rows, posts, [reading], changes=changes)
        lost = {late, edited} if reading.changes else {late}
        assert findings.messages[LOST] == lost, reading.name
        assert findings.messages[OUT_OF_ORDER] == {late, edited}


def change_crosswise(connection, clients, edited: bytes, other: bytes) -> dict[bytes, list[Change]]:
    """The first change gets its version, the second is made and read, the first is made."""
    early = answer_to(connection, TAKE_POSITION)
    late = answer_to(connection, CHANGE, (str(UUID(bytes=other)), body_of(2, edited=True)))
    assert early < late
    read_by_all(clients, 2 * READERS + OF_CHANGES)
    values = (body_of(1, edited=True), str(UUID(bytes=early)), str(UUID(bytes=edited)))
    connection.cursor().execute(UPDATE, values)
    return {
        message_id: [Change(sent, answers=[(version, sent, 0, 0)])]
        for message_id, version, sent in (
            (edited, early, digest_of(1, edited=True)),
            (other, late, digest_of(2, edited=True)),
        )
    }


def insert_crosswise(first, second, clients) -> dict[int, Post]:
    """The first message gets its id, the second is stored and read, the first is committed."""
    posts = {3: append(first, 3)}
    next_millisecond = time.time() + 0.002
    assert wait_until(lambda: time.time() > next_millisecond, seconds=5)
    posts[4] = append(second, 4)
    read_by_all(clients, 3 * READERS + OF_CHANGES)
    first.commit()
    return posts
