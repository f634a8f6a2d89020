"""changes=1 from the beginning: many messages in many rooms, and some of them changed."""

import pytest
from client import Client, EventStream, until
from conftest import running_stack

NIL = "00000000-0000-0000-0000-000000000000"
MESSAGES = 20_000
ROOMS = 149
# 500 are changed, in all rooms: of those that are edited some are edited again, and some deleted.
ASKED_FOR = [
    ("chat.edit(id, body || ', edited')", 80, 40),
    ("chat.delete(id)", 80, 0),
    ("chat.edit(id, body || ' twice')", 400, 40),
    ("chat.delete(id)", 800, 40),
]
STATE = """
    SELECT id, room, body, coalesce(version, id), CASE WHEN version IS NULL THEN ''
        WHEN deleted THEN 'deleted' ELSE 'edited' END
    FROM chat.messages ORDER BY coalesce(version, id)
"""


@pytest.fixture(scope="module")
def changed():
    """A chat after many changes, with two workers that have seen them come."""
    with running_stack(workers=2) as stack:
        psql = stack.postgres.psql
        for first in range(1, MESSAGES, 1000):
            numbers = f"FROM generate_series({first}, {first + 999}) AS i"
            psql(
                f"SELECT FROM chat.append(ARRAY(SELECT 'number ' || i {numbers}),"
                f" ARRAY(SELECT 'r' || i % {ROOMS} {numbers}),"
                f" array_fill(NULL::text, ARRAY[1000]), ARRAY(SELECT i::text {numbers}))"
            )
        for change, of, rest in ASKED_FOR:
            psql(
                f"SELECT {change} FROM (SELECT id, body, row_number() OVER (ORDER BY id) AS n"
                f" FROM chat.messages) AS numbered WHERE n % {of} = {rest}"
            )
            # Each is done before the next is asked for, which looks at the text as it is then.
            until(lambda: psql("SELECT count(*) FROM chat.handed_over") == "0", "all are done")
        yield stack


@pytest.fixture(scope="module")
def state(changed) -> list[tuple]:
    """What the table holds, in the order of positions."""
    rows = [tuple(row.split("|")) for row in changed.postgres.psql(STATE).splitlines()]
    kinds = [row[-1] for row in rows]
    assert [kinds.count(kind) for kind in ("", "edited", "deleted")] == [19_500, 225, 275]
    assert len({row[1] for row in rows if row[-1]}) == ROOMS
    return rows


def told(message: dict) -> tuple:
    """A message as a reader has it, in the form of `state`."""
    assert ("version" in message) == ("edited_at" in message or "deleted_at" in message)
    kind = "deleted" if "deleted_at" in message else "edited" if "edited_at" in message else ""
    position = message.get("version", message["id"])
    return message["id"], message["room"], message["body"], position, kind


def read_pages(stack, rooms: str, limit: int) -> list[tuple]:
    found, after = [], NIL
    while True:
        page = Client(stack).get(f"{rooms}&changes=1&timeout=0&limit={limit}&after={after}")
        assert page.status == 200 and page.headers["chat-position"] >= after
        if not page.json:
            return found
        found += map(told, page.json)
        after = page.headers["chat-position"]
        assert after == found[-1][3]


@pytest.mark.parametrize("limit", [1000, 333])
def test_pages_bring_each_message_once_in_its_final_state_and_in_order(changed, state, limit):
    assert read_pages(changed, "room=*", limit) == state


@pytest.mark.parametrize("count", [1, 100])
def test_pages_of_some_rooms_bring_what_belongs_to_them(changed, state, count):
    names = [f"r{n}" for n in range(count)]
    expected = [row for row in state if row[1] in names]
    assert any(row[-1] == "deleted" for row in expected)
    assert read_pages(changed, "&".join(f"room={name}" for name in names), 1000) == expected


def test_a_stream_brings_each_message_once_in_its_final_state_and_in_order(changed, state):
    stream = EventStream(changed, "room=*&changes=1")
    assert [told(message) for message in stream.messages(MESSAGES)] == state
    # And then it is at the present: nothing is told twice.
    new = Client(changed).say("r0", "new")
    try:
        assert stream.messages(1) == [new]
    finally:
        stream.close()
        changed.postgres.psql(f"DELETE FROM chat.messages WHERE id = '{new['id']}'")
