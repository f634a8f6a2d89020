"""A stream whose reader is behind: what is told amid the backlog, and where who is cut goes on."""

import json
import re
import socket

import psycopg2
import pytest
from client import PATIENCE_S, Client, EventStream, until

NIL = "00000000-0000-0000-0000-000000000000"
QUIET = "--stream-quiet-ms=1000"
FROM_MEMORY = "--window-bytes=16777216"
FROM_DATABASE = "--window-bytes=1"


class SlowReader:
    """A stream over a connection that takes little at a time."""

    def __init__(self, stack, query: str = ""):
        self.received = b""
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        self.connection.settimeout(PATIENCE_S)
        self.connection.connect(("127.0.0.1", stack.nginx.port))
        request = (
            f"GET /messages?{query} HTTP/1.0\r\nHost: chat\r\nAccept: text/event-stream\r\n\r\n"
        )
        self.connection.sendall(request.encode())

    def read(self) -> bool:
        """Takes some more; False: that was the end."""
        chunk = self.connection.recv(1 << 16)
        self.received += chunk
        return chunk != b""

    def read_more(self, count: int) -> None:
        wanted = len(self.received) + count
        while len(self.received) < wanted:
            assert self.read()

    def close(self) -> None:
        self.connection.close()

    def events(self) -> list[dict]:
        """The fields of each event that has arrived whole."""
        whole = self.received.split(b"\r\n\r\n", 1)[1].rpartition(b"\n\n")[0]
        blocks = [block.decode().splitlines() for block in whole.split(b"\n\n")]
        fields = [dict(line.split(": ", 1) for line in lines) for lines in blocks]
        return [event for event in fields if "data" in event]

    def messages(self) -> list[dict]:
        return [json.loads(event["data"]) for event in self.events() if "event" not in event]


def say_much(stack) -> None:
    """8 MB in two rooms: more than the kernel and nginx hold for one reader."""
    for n in range(8):
        stack.postgres.psql(
            f"SELECT FROM chat.append(array_fill('{'x' * 10_000}'::text, ARRAY[100]),"
            " ARRAY(SELECT (ARRAY['lobby', 'den'])[m % 2 + 1] FROM generate_series(1, 100) AS m),"
            " array_fill(NULL::text, ARRAY[100]),"
            f" ARRAY(SELECT {n} || ' ' || m FROM generate_series(1, 100) AS m))"
        )


def change_some(stack) -> None:
    """Each tenth message is edited, and another tenth deleted."""
    for change, rest in (("chat.edit(id, 'edited ' || n)", 0), ("chat.delete(id)", 5)):
        stack.postgres.psql(
            f"SELECT {change} FROM (SELECT id, row_number() OVER (ORDER BY id) AS n"
            f" FROM chat.messages) AS numbered WHERE n % 10 = {rest}"
        )
    until(lambda: stack.postgres.psql("SELECT count(*) FROM chat.handed_over") == "0", "all done")


def metric(stack, name: str) -> int:
    text = Client(stack).request("GET", "/metrics").text.decode()
    return sum(int(n) for n in re.findall(rf"^{name}(?:{{.*}})? (\d+)$", text, re.M))


def is_behind(stack) -> bool:
    return metric(stack, "chat_stream_bytes_waiting") > 0


def expected(stack, query: str) -> list[tuple]:
    """The ids and positions that a reader of this is to be told, in their order."""
    where, order = "NOT deleted", "id"
    if "changes=1" in query:
        where, order = "true", "coalesce(version, id)"
    if "room=*" not in query:
        where += " AND room = 'lobby'"
    sql = f"SELECT id, {order} FROM chat.messages WHERE {where} ORDER BY {order}"
    return [tuple(row.split("|")) for row in stack.postgres.psql(sql).splitlines()]


def told(messages: list[dict]) -> list[tuple]:
    return [(message["id"], message.get("version", message["id"])) for message in messages]


def expect_nothing_skipped(stack, query: str, cut: SlowReader, all_of_it: list[tuple]) -> None:
    """Who was cut goes on, and has everything once; and so he would, had he been cut elsewhere."""
    seen = told(cut.messages())
    assert 0 < len(seen) < len(all_of_it)
    ids = [event["id"] for event in cut.events()]
    # Never ahead of what was sent: no event tells a cursor beyond a message that comes after it.
    assert ids == sorted(ids)
    stream = EventStream(stack, query, Last_Event_ID=ids[-1])
    rest = stream.messages(len(all_of_it) - len(seen))
    assert seen + told(rest) == all_of_it
    # And then nothing but what is new.
    new = Client(stack).say("lobby", "new")
    assert stream.messages(1) == [new]
    stream.close()


@pytest.mark.parametrize(
    "query, window",
    [("", FROM_MEMORY), ("room=*", FROM_DATABASE), ("room=*&changes=1", FROM_MEMORY)],
)
def test_a_quiet_event_that_is_due_amid_a_backlog_skips_nothing(make_stack, query, window):
    stack = make_stack(workers=1, worker_args=[QUIET, window])
    say_much(stack)
    change_some(stack)
    clock = EventStream(stack, "room=quiet&after=now")
    clock.cursor()
    slow = SlowReader(stack, query)
    for n in range(2):
        until(lambda: is_behind(stack), "the reader is behind")
        Client(stack).say("lobby", f"while he is behind {n}")
        # Where nothing waits, a quiet event came meanwhile, and another one.
        clock.cursor()
        clock.cursor()
        slow.read_more(200_000)
    # Most of it, so that what was told after the pauses is among it.
    all_of_it = expected(stack, query)
    slow.read_more(len(all_of_it) * 6_000)
    slow.close()
    clock.close()
    expect_nothing_skipped(stack, query, slow, all_of_it)


@pytest.mark.parametrize("query", ["", "room=*&changes=1"])
def test_a_quiet_event_that_is_due_while_the_next_page_cannot_be_read_skips_nothing(
    make_stack, query
):
    stack = make_stack(workers=1, worker_args=[QUIET, FROM_DATABASE])
    say_much(stack)
    change_some(stack)
    slow = SlowReader(stack, query)
    slow.read_more(50_000)
    until(lambda: is_behind(stack), "the reader is behind")
    holder = psycopg2.connect(stack.postgres.conninfo())
    holder.cursor().execute("LOCK TABLE chat.messages IN ACCESS EXCLUSIVE MODE")
    # What comes when the quiet time is up, behind the messages that were under way.
    while not re.search(rb"\n\n(:|event: cursor)[^:].*\n\n$", slow.received[-300:], re.S):
        assert slow.read()
    slow.close()
    holder.close()
    expect_nothing_skipped(stack, query, slow, expected(stack, query))


def test_who_takes_nothing_is_cut_and_goes_on_where_he_was(make_stack):
    stack = make_stack(workers=1, worker_args=["--stream-stall-ms=1000"])
    say_much(stack)
    slow = SlowReader(stack, "room=*")
    until(lambda: is_behind(stack), "it is behind")
    until(lambda: metric(stack, "chat_streams_cut_total") == 1, "it is cut")
    until(lambda: metric(stack, "chat_streams") == 0, "it is gone")
    assert metric(stack, "chat_stream_bytes_waiting") == 0
    while slow.read():
        pass
    slow.close()
    expect_nothing_skipped(stack, "room=*", slow, expected(stack, "room=*"))
