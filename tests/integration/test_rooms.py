"""GET /rooms: which there are, their newest messages, and what is unread; through nginx."""

import json
import re
import time

import pytest
from client import NEWEST, Client

NIL = "00000000-0000-0000-0000-000000000000"
SECRET = {"Chat_Edit_Key": "s" * 22}


class Rooms(Client):
    """Of a stack whose rooms are all of this test."""

    def rooms(self, query: str = ""):
        return self.request("GET", f"/rooms?{query}")

    def delete(self, message: dict) -> None:
        headers = {"Chat-Edit-Key": "s" * 22}
        assert self.request("DELETE", f"/messages/{message['id']}", headers=headers).status == 204


@pytest.fixture(scope="module")
def shared_stack():
    from conftest import running_stack

    with running_stack() as stack:
        yield stack


@pytest.fixture
def client(shared_stack):
    shared_stack.postgres.psql("TRUNCATE chat.messages, chat.rooms")
    return Rooms(shared_stack)


def test_an_empty_chat_has_no_rooms(client):
    answer = client.rooms()
    assert (answer.status, answer.json) == (200, [])
    assert answer.headers["cache-control"] == "no-store"


def test_rooms_come_by_name_with_their_newest_messages(client):
    for room in ("b", "a", "b_", "b-", "10", "b"):
        newest = client.say(room, "x")
    found = client.rooms().json
    assert [room["room"] for room in found] == ["10", "a", "b", "b-", "b_"]
    assert found[2] == {"room": "b", "newest": newest["id"]}


def test_what_is_unread_is_counted_from_where_the_reader_is(client):
    said = [client.say("a", str(n), **SECRET) for n in range(4)]
    client.say("b", "x")
    client.delete(said[3])
    answer = client.rooms(f"seen=a:{said[0]['id']}&seen=c:{NIL}").json
    assert answer[0] == {"room": "a", "newest": said[2]["id"], "unread": 2}
    assert [room["room"] for room in answer] == ["a", "b"] and "unread" not in answer[1]
    assert client.rooms(f"seen=a:{NEWEST}").json[0]["unread"] == 0


def test_a_hundred_unread_messages_are_a_hundred_or_more(client, shared_stack):
    shared_stack.postgres.psql(
        "SELECT FROM chat.append(array_fill('x'::text, ARRAY[130]),"
        " array_fill('a'::text, ARRAY[130]), array_fill(NULL::text, ARRAY[130]),"
        " ARRAY(SELECT gen_random_uuid()::text FROM generate_series(1, 130)))"
    )
    assert client.rooms(f"seen=a:{NIL}").json[0]["unread"] == 100


def test_a_room_of_which_everything_is_gone_was_used_all_the_same(client, shared_stack):
    said = client.say("deleted", "x", **SECRET)
    client.say("destroyed", "x")
    client.delete(said)
    shared_stack.postgres.psql("DELETE FROM chat.messages WHERE room = 'destroyed'")
    assert client.rooms(f"seen=destroyed:{NIL}").json == [
        {"room": "deleted", "newest": None},
        {"room": "destroyed", "newest": None, "unread": 0},
    ]
    again = client.say("destroyed", "y")
    assert client.rooms("after=deleted").json == [{"room": "destroyed", "newest": again["id"]}]


def test_pages_follow_each_other(client):
    names = sorted(f"room-{n:02}" for n in range(7))
    for name in names:
        client.say(name, "x")
    seen = "&".join(f"seen={name}:{NIL}" for name in names)
    found, target = [], f"rooms?limit=3&{seen}"
    while target:
        page = client.request("GET", "/" + target)
        assert all(room["unread"] == 1 for room in page.json)
        found += [room["room"] for room in page.json]
        link = re.fullmatch(r'<(rooms\?.*)>; rel="next"', page.headers.get("link", ""))
        target = link and link.group(1)
    assert found == names


def test_a_room_is_there_as_soon_as_it_was_used(client):
    for n in range(20):
        room = f"new-{n}"
        said = client.say(room, "x")
        assert {"room": room, "newest": said["id"]} in client.rooms().json


def test_the_head_says_what_get_would(client):
    client.say("a", "x")
    head, answer = client.request("HEAD", "/rooms"), client.rooms()
    assert (head.status, head.text) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.text))


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("after=Lobby", "A room is 1 to 64 characters"),
        ("limit=0", "The parameter limit is a whole number from 1 to 1000"),
        ("limit=1001", "The parameter limit is a whole number from 1 to 1000"),
        ("seen=a", "The parameter seen is a room, a colon and the id of a message"),
        ("seen=a:x", "The parameter seen has a message id that is not a UUID"),
        (f"seen=A:{NIL}", "A room is 1 to 64 characters"),
        (f"seen=a:{NIL}&seen=a:{NIL}", "The parameter seen names the room a twice"),
        ("&".join(f"seen=r{n}:{NIL}" for n in range(101)), "The parameter seen may be given 100"),
        ("after=%", "The parameter after is not percent-encoded"),
    ],
)
def test_a_malformed_question_is_refused(client, query, sentence):
    answer = client.rooms(query)
    assert answer.status == 400
    assert answer.json["error"].startswith(f"Invalid argument: {sentence}")


def test_other_methods_are_refused(client):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/rooms")
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_ten_thousand_rooms_are_read_in_pages(client, shared_stack):
    shared_stack.postgres.psql(
        "INSERT INTO chat.messages (id, room, body)"
        " SELECT (lpad(to_hex(n << 16), 16, '0') || '0123456789abcdef')::uuid,"
        " 'r' || lpad((n % 10000)::text, 5, '0'), 'x' FROM generate_series(1, 30000) AS n;"
        " ANALYZE chat.messages"
    )
    begin = time.monotonic()
    names, after = [], ""
    while page := client.rooms(f"limit=1000{after}").json:
        names += [room["room"] for room in page]
        after = f"&after={names[-1]}"
    print(json.dumps({"seconds": time.monotonic() - begin}))
    assert names == [f"r{n:05}" for n in range(10000)]
