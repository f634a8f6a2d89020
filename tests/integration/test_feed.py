"""Several rooms, all rooms, changes, and where a reader is told to go on; through nginx."""

import re
import uuid

import pytest
from client import NEWEST, Background, Client, until

# A change as the database keeps it: under the lock of chat.append, with a version minted like
# an id, and the position moved last.
CHANGE = """
BEGIN;
SELECT pg_advisory_xact_lock(x'63686174'::integer, 1);
UPDATE chat.messages SET {what}, version =
    (SELECT (lpad(to_hex(last_value + 1), 16, '0') || '0123456789abcdef')::uuid
     FROM chat.last_position)
WHERE id = '{id}';
SELECT setval('chat.last_position', last_value + 1) FROM chat.last_position;
SELECT pg_notify('chat_messages', '');
COMMIT;
"""


def edit(stack, message: dict, body: str) -> None:
    stack.postgres.psql(CHANGE.format(what=f"body = '{body}'", id=message["id"]))


def delete(stack, message: dict) -> None:
    stack.postgres.psql(CHANGE.format(what="body = '', deleted = true", id=message["id"]))


def until_parked(stack, polls: int) -> None:
    def parked() -> bool:
        text = Client(stack).request("GET", "/metrics").text.decode()
        return sum(int(n) for n in re.findall(r"^chat_polls_parked.* (\d+)$", text, re.M)) == polls

    until(parked, f"{polls} polls are parked")


def bodies(answer) -> list[str]:
    assert answer.status == 200, answer
    return [message["body"] for message in answer.json]


@pytest.fixture
def client(stack):
    return Client(stack)


@pytest.fixture
def rooms():
    """Three rooms that nobody else talks in."""
    prefix = f"r{uuid.uuid4().hex}"
    return [f"{prefix}-{n}" for n in range(3)]


def test_several_rooms_are_read_as_one(client, rooms):
    for n, room in enumerate([*rooms, *rooms]):
        client.say(room, str(n))
    named = f"room={rooms[0]}&room={rooms[2]}&room={rooms[0]}"
    assert bodies(client.get(f"{named}&timeout=0")) == ["0", "2", "3", "5"]
    assert bodies(client.get(f"{named}&before={NEWEST}&limit=3")) == ["2", "3", "5"]
    first = client.get(f"{named}&limit=3")
    assert bodies(first) == ["0", "2", "3"]
    link = first.headers["link"]
    assert f"room={rooms[0]}&room={rooms[2]}" in link
    following = client.request("GET", "/" + link[link.index("<") + 1 : link.index(">")])
    assert bodies(following) == ["5"]


def test_a_hundred_rooms_are_read_at_once(client, rooms):
    client.say(rooms[0], "here")
    others = "&".join(f"room=r{n}" for n in range(99))
    assert bodies(client.get(f"{others}&room={rooms[0]}&timeout=0")) == ["here"]
    refused = client.get(f"{others}&room={rooms[0]}&room={rooms[1]}&timeout=0")
    assert refused.status == 400
    assert refused.json == {"error": "Invalid argument: Name at most 100 rooms, or room=*"}


def test_a_room_that_comes_to_be_wakes_who_waits_for_all(make_stack):
    stack = make_stack()
    client = Client(stack)
    client.say("one", "1")
    position = client.get("room=*").headers["chat-position"]
    polls = [
        Background(Client(stack).get, f"room=*&timeout=55&after={position}"),
        Background(Client(stack).get, "room=brand-new&room=two&timeout=55"),
    ]
    until_parked(stack, 2)
    said = client.say("brand-new", "hello")
    assert [poll.result().json for poll in polls] == [[said], [said]]


def test_the_position_is_the_right_next_cursor(client, rooms):
    elsewhere = client.say(rooms[1], "elsewhere")
    empty = client.get(f"room={rooms[0]}&timeout=0")
    position = empty.headers["chat-position"]
    assert empty.json == [] and position.endswith("-ffff-ffffffffffff")
    assert position > elsewhere["id"]
    said = [client.say(rooms[0], str(n)) for n in range(3)]
    page = client.get(f"room={rooms[0]}&after={position}&limit=2")
    assert page.json == said[:2] and page.headers["chat-position"] == said[1]["id"]
    assert (
        client.get(f"room={rooms[0]}&after={NEWEST}&timeout=0").headers["chat-position"] == NEWEST
    )


def test_from_the_newest_page_one_goes_on_at_its_position(client, rooms):
    client.say(rooms[0], "old")
    newest = client.get(f"room={rooms[0]}&before={NEWEST}")
    said = client.say(rooms[0], "new")
    after = newest.headers["chat-position"]
    assert client.get(f"room={rooms[0]}&after={after}").json == [said]
    older = client.get(f"room={rooms[0]}&before={said['id']}")
    assert bodies(older) == ["old"] and "chat-position" not in older.headers


def test_changes_come_in_the_order_of_positions_each_once(stack, client, rooms):
    one, two, three = (client.say(rooms[0], body) for body in ("one", "two", "three"))
    edit(stack, one, "one, edited")
    delete(stack, two)
    edit(stack, one, "one, edited again")

    def changes():
        return bodies(client.get(f"room={rooms[0]}&changes=1&timeout=0"))

    until(lambda: changes() == ["three", "", "one, edited again"], "the changes are read")
    page = client.get(f"room={rooms[0]}&changes=1&timeout=0")
    third, second, first = page.json
    assert third == three
    assert second["deleted_at"].endswith("Z") and second["id"] == two["id"]
    assert first["edited_at"].endswith("Z") and first["version"] > second["version"] > three["id"]
    assert page.headers["chat-position"] == first["version"]
    # Who reads by id meets no field and no message that he does not know.
    plain = client.get(f"room={rooms[0]}&timeout=0").json
    assert plain == [one | {"body": "one, edited again"}, three]
    # On the way back they stand by id.
    back = client.get(f"room={rooms[0]}&changes=1&before={NEWEST}").json
    assert [message["id"] for message in back] == [one["id"], two["id"], three["id"]]
    assert client.get(f"room={rooms[0]}&before={NEWEST}").json == plain


def test_a_change_wakes_who_reads_changes_alone(make_stack):
    stack = make_stack()
    client = Client(stack)
    said = client.say("den", "as it was")
    after = f"room=den&after={said['id']}"
    of_changes = Background(Client(stack).get, f"{after}&changes=1&timeout=55")
    plain = Background(Client(stack).get, f"{after}&timeout=55")
    until_parked(stack, 2)
    edit(stack, said, "as it is")
    assert bodies(of_changes.result()) == ["as it is"]
    new = client.say("den", "new")
    assert plain.result().json == [new]


def test_the_epoch_changes_by_hand_and_not_by_messages(make_stack):
    stack = make_stack()
    client = Client(stack)
    said = client.say("den", "one")
    epoch = client.get("room=den").headers["chat-epoch"]
    client.say("den", "two")
    edit(stack, said, "one, edited")
    stack.postgres.psql("SELECT chat.retain('2 days', force => true)")
    assert client.get("room=den&timeout=0").headers["chat-epoch"] == epoch
    poll = Background(client.get, f"room=den&after={NEWEST}&timeout=55&epoch={epoch}")
    until_parked(stack, 1)
    stack.postgres.psql("DELETE FROM chat.messages WHERE body = 'two'")
    answer = poll.result()
    assert answer.json == [] and answer.headers["chat-epoch"] != epoch
    # Known by every worker, and so who has seen it waits.
    again = answer.headers["chat-epoch"]
    assert client.get(f"room=den&timeout=0&epoch={again}").headers["chat-epoch"] == again
    stack.postgres.psql("UPDATE chat.messages SET body = 'by hand'")
    until(
        lambda: client.get("room=den&timeout=0").headers["chat-epoch"] != again,
        "an update by hand is another epoch",
    )
