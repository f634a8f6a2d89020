"""Rows that are inserted the usual way, their ids made before the commit: the checker sees it."""

import time
from uuid import UUID

import psycopg2
from checker import LOST, OUT_OF_ORDER, check
from client_process import Clients
from history import Post, read_readings
from run import NAIVE
from stack import Stack, wait_until
from table import digest, read_rows

APPEND = "SELECT id FROM chat.append(ARRAY[%s], ARRAY['room-0'], ARRAY['somebody'], ARRAY[%s])"
BODIES = {1: f"{1:016x} first", 2: f"{2:016x} second"}


def append(connection, serial: int) -> Post:
    with connection.cursor() as cursor:
        cursor.execute(APPEND, (BODIES[serial], f"key-{serial}"))
        sent = digest("room-0", "somebody", BODIES[serial])
        return Post(sent, [(UUID(cursor.fetchone()[0]).bytes, sent, 0)])


def test_an_id_that_is_made_before_another_and_committed_after_it_is_lost(directory):
    settings = ("track_commit_timestamp=on",)
    with Stack(directory / "var", workers=1, postgres_settings=settings) as stack:
        stack.postgres.psql(NAIVE.read_text())
        clients = Clients(stack.nginx.port, directory, spread=1, writers=0, readers=1)
        try:
            posts = insert_crosswise(stack, clients)
            clients.finish()
        finally:
            clients.kill()
        rows = read_rows(stack.postgres)
        findings = check(rows, posts, read_readings(directory, clients.starts))
    late = posts[1].answers[0][0]
    assert [row.id for row in rows] == [late, posts[2].answers[0][0]]
    assert findings.messages[LOST] == {late}
    assert findings.messages[OUT_OF_ORDER] == {late}


def insert_crosswise(stack, clients) -> dict[int, Post]:
    """The first message gets its id, the second is stored and read, the first is committed."""
    first = psycopg2.connect(stack.postgres.conninfo())
    second = psycopg2.connect(stack.postgres.conninfo())
    second.autocommit = True
    posts = {1: append(first, 1)}
    next_millisecond = time.time() + 0.002
    assert wait_until(lambda: time.time() > next_millisecond, seconds=5)
    posts[2] = append(second, 2)
    assert wait_until(lambda: clients.counts.get("read", 0) == 1, seconds=30)
    first.commit()
    first.close()
    second.close()
    return posts
