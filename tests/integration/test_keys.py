"""Keys belong to users; and workers of version 0.1 and newer ones find each other's."""

import json
import subprocess

import pytest
from client import Client, read_all
from sites import Host, basic, say, without_tls

NEW = f"SELECT id, outcome FROM chat.append({', '.join(['%s::text[]'] * 5)})"
OLD = f"SELECT id, outcome FROM chat.append({', '.join(['%s::text[]'] * 4)})"
# What version 0.1 left behind, before the schema knew users.
BEFORE = """
    WITH said AS (
        INSERT INTO chat.messages (id, room, author, body)
        VALUES (overlay(gen_random_uuid()::text placing
                (SELECT left(h, 8) || '-' || right(h, 4) FROM (SELECT lpad(to_hex(
                    (extract(epoch FROM now()) * 1000)::bigint), 12, '0')) AS t (h))
                FROM 1 FOR 13)::uuid, 'lobby', %s, %s)
        RETURNING id)
    INSERT INTO chat.idempotency_keys (key, message_id) SELECT 'k', id FROM said
    RETURNING message_id
"""


def call(connection, sql, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchone()


class Workers:
    """An old worker and a new one at the same database."""

    def __init__(self, connect):
        self.connection, self.owner = connect(), connect("postgres")

    def new(self, user, body="hi", author=None):
        author = author or user or None
        return call(self.connection, NEW, [body], ["lobby"], [author], [user], ["k"])

    def old(self, user, body="hi", author=None):
        author = author or user or None
        return call(self.connection, OLD, [body], ["lobby"], [author], ["k"])

    def before_the_upgrade(self, user, body="hi", author=None):
        [message_id] = call(self.owner, BEFORE, author or user or None, body)
        call(
            self.owner,
            "SELECT setval('chat.last_old_key', (extract(epoch FROM now()) * 1000)::bigint << 16)",
        )
        return message_id, "stored"


@pytest.fixture
def workers(connect):
    return Workers(connect)


BOTH_WAYS = [("new", "new"), ("new", "old"), ("old", "new"), ("before_the_upgrade", "new")]
BOTH_WAYS += [("before_the_upgrade", "old"), ("old", "old")]


@pytest.mark.parametrize("first, second", BOTH_WAYS)
@pytest.mark.parametrize("user", ["", "alice"])
def test_a_key_is_found_by_whoever_is_asked_again(workers, first, second, user):
    message_id, outcome = getattr(workers, first)(user)
    assert outcome == "stored"
    assert getattr(workers, second)(user) == (message_id, "repeated")
    assert getattr(workers, second)(user) == (message_id, "repeated")
    assert getattr(workers, second)(user, "another")[1] == "conflict"
    assert call(workers.owner, "SELECT count(*) FROM chat.messages") == (1,)


@pytest.mark.parametrize("first", ["new", "old", "before_the_upgrade"])
def test_two_users_may_choose_the_same_key(workers, first):
    hers, _ = getattr(workers, first)("alice")
    his, outcome = workers.new("bob", "something else")
    assert outcome == "stored"
    assert workers.new("alice") == (hers, "repeated")
    assert workers.new("bob", "something else") == (his, "repeated")


@pytest.mark.parametrize("first", ["new", "old", "before_the_upgrade"])
def test_a_repetition_of_what_is_gone_stores_nothing(workers, first):
    getattr(workers, first)("alice")
    call(workers.owner, "DELETE FROM chat.messages RETURNING 1")
    assert workers.new("alice")[1] == "gone"
    assert workers.old("alice")[1] == "conflict"  # the only word that it knows for it
    assert call(workers.owner, "SELECT count(*) FROM chat.messages") == (0,)


def test_keys_of_the_old_form_are_looked_for_as_long_as_they_live(workers):
    """49 hours after the last of them there is none any more, and no look for it is paid for."""
    first, _ = workers.old("alice")
    [position] = call(workers.owner, "SELECT last_value FROM chat.last_old_key")
    past = position - ((49 * 3600 * 1000) << 16) - (1 << 26)
    call(workers.owner, "SELECT setval('chat.last_old_key', %s)", past)
    message_id, outcome = workers.new("alice")
    assert (message_id != first, outcome) == (True, "stored")


def test_the_same_key_of_two_users_through_nginx(stack, var):
    host = Host(var)
    host.add("examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls)
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
    )
    (var / "chat.users").write_text(f"alice:{hashed.stdout}bob:{hashed.stdout}")
    port = host.ports["443"]
    with host.running():
        said = {}
        for name in ("alice", "bob", "alice", "bob"):
            headers = basic(name) | {"Idempotency-Key": "1"}
            status, _, text = say(port, f"I am {name}", headers=headers)
            assert status == 200, text
            answer = json.loads(text)
            assert said.setdefault(name, answer) == answer
        assert [said[name]["author"] for name in ("alice", "bob")] == ["alice", "bob"]
    everything = read_all(Client(stack), "lobby")
    assert all(everything.count(message) == 1 for message in said.values())
