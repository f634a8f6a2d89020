"""chat.post, chat.edit, chat.delete: what SQL callers say with transactions of their own."""

import uuid
from contextlib import contextmanager

import psycopg2
import pytest
from client import NEWEST, Background, Client, until
from psycopg2 import errors

LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
NOBODY = "018bcfe5-687b-7000-8000-000000000000"


class Caller:
    """An application beside the chat, with a connection and tables of its own."""

    def __init__(self, conninfo: str, level: str = "READ COMMITTED"):
        self.connection = psycopg2.connect(conninfo)
        self.connection.set_session(isolation_level=level)

    def call(self, sql: str, *arguments):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return cursor.fetchall() if cursor.description else None


@pytest.fixture
def make_caller(stack):
    callers = []

    def make(level: str = "READ COMMITTED", of=stack) -> Caller:
        callers.append(Caller(of.postgres.conninfo(), level))
        return callers[-1]

    yield make
    for caller in callers:
        caller.connection.close()


@pytest.fixture
def client(stack):
    return Client(stack)


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


def told(client: Client, room: str) -> list[str]:
    return [message["body"] for message in client.get(f"room={room}&timeout=0").json]


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_transaction_says_is_said_when_it_commits(make_caller, client, stack, room, level):
    caller = make_caller(level)
    poll = Background(Client(stack).get, f"room={room}&timeout=55")
    assert caller.call("SELECT chat.post(%s, 'shop', 'order 1')", room) == [("",)]
    caller.call("SELECT chat.post(%s, NULL, 'order 2')", room)
    assert told(client, room) == []
    caller.connection.commit()
    said = poll.result().json
    assert [(message["author"], message["body"]) for message in said] == [
        ("shop", "order 1"),
        (None, "order 2"),
    ]
    caller.call("SELECT chat.edit(%s, 'order 1, sent')", said[0]["id"])
    caller.call("SELECT chat.delete(%s)", said[1]["id"])
    assert told(client, room) == ["order 1", "order 2"]
    caller.connection.commit()
    changes = client.get(f"room={room}&changes=1&timeout=55&after={said[1]['id']}").json
    until(lambda: told(client, room) == ["order 1, sent"], "both changes are done")
    assert changes[0]["body"] == "order 1, sent" and "edited_at" in changes[0]


def test_what_is_rolled_back_is_never_said(make_caller, client, room):
    caller = make_caller()
    caller.call("SELECT chat.post(%s, NULL, 'never')", room)
    caller.connection.rollback()
    caller.call("SELECT chat.post(%s, NULL, 'said')", room)
    caller.connection.commit()
    assert [message["body"] for message in client.get(f"room={room}&timeout=55").json] == ["said"]


def test_a_thousand_things_come_in_order_and_once_whoever_is_killed(make_stack, make_caller):
    stack = make_stack(workers=2)
    caller = make_caller(of=stack)
    for n in range(1200):
        caller.call("SELECT chat.post('lobby', NULL, %s)", str(n))
    caller.connection.commit()
    stack.workers.kill(0)
    client = Client(stack)
    count = "SELECT count(*) FROM chat.messages"
    until(lambda: stack.postgres.psql(count) == "1200", "all are said")
    pages, after = [], ""
    while page := client.get(f"timeout=0{after}").json:
        pages += page
        after = f"&after={page[-1]['id']}"
    assert [message["body"] for message in pages] == [str(n) for n in range(1200)]
    assert stack.postgres.psql("SELECT count(*) FROM chat.handed_over") == "0"


def test_a_caller_who_keeps_his_transaction_open_stops_nobody(make_caller, client, room):
    caller, other = make_caller(), make_caller()
    said = client.post({"body": "0", "room": room}, Chat_Edit_Key="s" * 22).json
    caller.call("SELECT chat.post(%s, NULL, 'later')", room)
    caller.call("SELECT chat.edit(%s, 'later')", said["id"])
    assert client.say(room, "meanwhile")["body"] == "meanwhile"
    changed = client.request(
        "PATCH",
        f"/messages/{said['id']}",
        body='{"body": "1"}',
        headers={"Content-Type": "application/json", "Chat-Edit-Key": "s" * 22},
    )
    assert changed.status == 200
    other.call("SELECT chat.post(%s, NULL, 'other')", room)
    other.connection.commit()
    until(lambda: told(client, room) == ["1", "meanwhile", "other"], "the other is heard")
    caller.connection.commit()
    expected = ["later", "meanwhile", "other", "later"]
    until(lambda: told(client, room) == expected, "the one who was slow is heard")


def test_who_holds_a_row_stops_only_what_concerns_it_and_that_stays_in_order(
    make_caller, client, room
):
    held, other = (client.say(room, body) for body in ("held", "other"))
    holder, caller = make_caller(), make_caller()
    holder.call("SELECT FROM chat.messages WHERE id = %s FOR UPDATE", held["id"])
    for body in ("1", "2"):
        caller.call("SELECT chat.edit(%s, %s)", held["id"], body)
    caller.call("SELECT chat.edit(%s, 'changed')", other["id"])
    caller.call("SELECT chat.post(%s, NULL, 'said')", room)
    caller.connection.commit()
    until(lambda: told(client, room) == ["held", "changed", "said"], "the others are done")
    holder.connection.rollback()
    until(lambda: told(client, room) == ["2", "changed", "said"], "and then the one that was held")


@pytest.mark.parametrize(
    "call",
    [
        "chat.post(NULL, NULL, 'x')",
        "chat.post('Lobby', NULL, 'x')",
        "chat.post('a/b', NULL, 'x')",
        "chat.post('', NULL, 'x')",
        "chat.post('lobby', '', 'x')",
        "chat.post('lobby', repeat('x', 129), 'x')",
        "chat.post('lobby', NULL, NULL)",
        "chat.post('lobby', NULL, repeat('é', 5001))",
        f"chat.edit('{NOBODY}', NULL)",
        f"chat.edit('{NOBODY}', repeat('x', 10001))",
    ],
)
def test_what_the_contract_does_not_take_is_refused_at_the_call(make_caller, call):
    with pytest.raises(errors.InvalidParameterValue, match=f"^{call.split('(')[0]}: "):
        make_caller().call(f"SELECT {call}")


@pytest.mark.parametrize("call", [f"chat.edit('{NOBODY}', 'x')", f"chat.delete('{NOBODY}')"])
def test_what_is_not_there_is_said_at_the_call(make_caller, call):
    with pytest.raises(errors.NoDataFound, match=NOBODY):
        make_caller().call(f"SELECT {call}")


def test_what_the_contract_takes_at_most_is_taken(make_caller, client, room):
    caller = make_caller()
    caller.call("SELECT chat.post(%s, %s, %s)", room, "é" * 64, "é" * 5000)
    caller.call("SELECT chat.post(%s, NULL, '')", room)
    caller.connection.commit()
    until(lambda: told(client, room) == ["é" * 5000, ""], "both are said")


def test_an_edit_of_what_is_gone_by_then_does_nothing(make_caller, client, room):
    said = client.say(room, "x")
    caller = make_caller()
    caller.call("SELECT chat.edit(%s, 'y')", said["id"])
    caller.call("SELECT chat.post(%s, NULL, 'after')", room)
    deleter = make_caller()
    deleter.call("SELECT chat.delete(%s)", said["id"])
    deleter.connection.commit()
    until(lambda: told(client, room) == [], "it is deleted")
    caller.connection.commit()
    until(lambda: told(client, room) == ["after"], "what follows is done")
    newest = client.get(f"room={room}&changes=1&before={NEWEST}").json
    assert [message["body"] for message in newest] == ["", "after"]


@contextmanager
def role(stack, *grants):
    name = f"shop_{uuid.uuid4().hex}"
    stack.postgres.psql(
        f"CREATE ROLE {name};"
        f" GRANT USAGE ON SCHEMA chat TO {name};"
        + "".join(f" GRANT EXECUTE ON FUNCTION {grant} TO {name};" for grant in grants)
    )
    caller = Caller(stack.postgres.conninfo())
    caller.call(f"SET SESSION AUTHORIZATION {name}")
    caller.connection.commit()
    yield caller
    caller.connection.close()
    stack.postgres.psql(f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_nobody_says_anything_whom_the_operator_did_not_let(stack, client, room):
    with role(stack) as stranger:
        with pytest.raises(errors.InsufficientPrivilege):
            stranger.call("SELECT chat.post(%s, NULL, 'x')", room)
        stranger.connection.rollback()
    with role(stack, "chat.post(text, text, text)") as shop:
        shop.call("SELECT chat.post(%s, NULL, 'x')", room)
        shop.connection.commit()
        until(lambda: told(client, room) == ["x"], "it is said")
        for forbidden in ("SELECT FROM chat.messages", "SELECT FROM chat.handed_over"):
            with pytest.raises(errors.InsufficientPrivilege):
                shop.call(forbidden)
            shop.connection.rollback()
