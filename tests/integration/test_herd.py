"""A worker dies while many wait in quiet rooms, and the database is far away: all are let in."""

import re
import selectors
import signal
import socket

import pytest
from client import Client, until
from relay import DistantPostgres

ROOMS = 1000
POLLS = 2 * ROOMS
DELAY_MS = 2  # each way
A_DAY_AGO = "(extract(epoch FROM now() - interval '1 day') * 1000)::bigint"


def distant_postgres(workspace, **more):
    return DistantPostgres(workspace, delay_ms=DELAY_MS, **more)


class Herd:
    """Polls that wait, each in a room and behind a cursor, over sockets without threads."""

    def __init__(self, port: int, cursors: list[str], count: int):
        self.waiting = selectors.DefaultSelector()
        for n in range(count):
            room = n % len(cursors)
            target = f"/messages?room=quiet-{room}&after={cursors[room]}&timeout=55"
            connection = socket.create_connection(("127.0.0.1", port), timeout=60)
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: chat\r\n\r\n".encode())
            self.waiting.register(connection, selectors.EVENT_READ)

    def answered(self) -> list[bytes]:
        """What the polls got that wait no longer."""
        answers = []
        for key, _ in self.waiting.select(timeout=0):
            answers.append(key.fileobj.recv(65536))
            self.waiting.unregister(key.fileobj)
            key.fileobj.close()
        return answers

    def close(self) -> None:
        for key in list(self.waiting.get_map().values()):
            key.fileobj.close()


def make_quiet_rooms(postgres, count: int) -> list[str]:
    """A message a day old in each; returns its id, which is the cursor of who has read it."""
    rows = postgres.psql(
        f"""
        INSERT INTO chat.messages (id, room, body)
        SELECT (lpad(to_hex(({A_DAY_AGO} << 16) + n), 16, '0') || repeat('0', 16))::uuid,
               'quiet-' || n, 'old'
        FROM generate_series(0, {count - 1}) AS n
        RETURNING id;
        """
    )
    return rows.split()


def parked(client: Client) -> int:
    text = client.request("GET", "/metrics").text.decode()
    return sum(
        int(float(n)) for n in re.findall(r"^chat_polls_parked\S* (\S+)$", text, re.MULTILINE)
    )


def statements(postgres) -> int:
    postgres.psql("SELECT pg_stat_clear_snapshot()")
    sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'chat'"
    return int(postgres.psql(sql, dbname="postgres"))


@pytest.fixture
def stack(make_stack):
    return make_stack(make_postgres=distant_postgres)


def test_a_herd_behind_old_cursors_is_let_in(stack):
    cursors = make_quiet_rooms(stack.postgres, ROOMS)
    client = Client(stack)
    client.say("busy", "newer than all of them")
    for index in (0, 1):  # what they learn at their start is newer than the cursors
        stack.workers.restart(index, signal.SIGTERM)
    until(lambda: client.request("GET", "/healthz").status == 200, "the workers are back")
    herd = Herd(stack.nginx.port, cursors, POLLS)
    try:
        until(lambda: parked(client) == POLLS, "all wait")
        assert herd.answered() == []
        before = statements(stack.postgres)

        stack.workers.restart(0, signal.SIGKILL)

        until(lambda: parked(client) == POLLS or herd.answered(), "all wait again")
        assert herd.answered() == []
        # About one for each 500 looks, and the looks of the feeds while that lasted.
        assert statements(stack.postgres) - before < ROOMS / 5
        said = client.say("quiet-7", "the rooms are awake")
        answers = []
        until(lambda: answers.extend(herd.answered()) or len(answers) == POLLS / ROOMS, "answers")
        assert all(said["id"].encode() in answer for answer in answers)
    finally:
        herd.close()
