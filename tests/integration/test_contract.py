"""The contract as a client sees it, through nginx."""

import uuid
from urllib.parse import urljoin

import pytest
from client import NEWEST, Background, Client, read_all


@pytest.fixture
def client(stack):
    return Client(stack)


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


def test_a_post_answers_the_stored_message(client, room):
    answer = client.post({"body": "Hello World", "room": room, "author": "Ada"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    message = answer.json
    assert sorted(message) == ["author", "body", "created_at", "id", "room"]
    assert (message["body"], message["room"], message["author"]) == ("Hello World", room, "Ada")
    assert message["created_at"].endswith("Z")
    assert client.get(f"room={room}").json == [message]


def test_the_original_client_works_unchanged(client):
    message = client.post({"body": "Hello World"}).json
    assert message["room"] == "lobby" and message["author"] is None
    assert message in client.get().json


def test_members_that_the_contract_does_not_name_are_ignored(client, room):
    answer = client.post({"body": "x", "room": room, "id": "mine", "more": [1, {"a": None}]})
    assert answer.status == 200 and answer.json["id"] != "mine"


@pytest.mark.parametrize("number", ["1e400", "-1e999999999999", "9" * 5000, "0." + "1" * 5000])
def test_a_number_of_any_size_is_ignored_in_a_member_that_means_nothing(client, room, number):
    text = f'{{"body": "1e400", "room": "{room}", "weight": [{number}]}}'
    assert client.post(text.encode()).json["body"] == "1e400"
    error = {"error": "Invalid argument: The member body must be a string"}
    answer = client.post(f'{{"body": {number}}}'.encode())
    assert (answer.status, answer.json) == (400, error)


def test_an_empty_room_answers_an_empty_list_when_the_time_is_up(client, room):
    answer = client.get(f"room={room}&timeout=1")
    assert (answer.status, answer.json) == (200, [])


def test_a_message_that_arrives_meanwhile_is_answered(client, stack, room):
    poll = Background(client.get, f"room={room}&timeout=55")
    message = Client(stack).say(room, "late")
    assert poll.result().json == [message]


def test_messages_of_another_room_do_not_end_a_poll(client, stack, room):
    poll = Background(client.get, f"room={room}&timeout=2")
    Client(stack).say(room + "x", "elsewhere")
    assert poll.result().json == []


def test_after_answers_only_greater_ids_in_order(client, room):
    first, *rest = [client.say(room, str(n)) for n in range(5)]
    # At once, so that all of them are there: an answer that had to wait begins with the first.
    assert client.get(f"room={room}&timeout=0&after={first['id']}").json == rest


def spellings(id_: str) -> list[str]:
    """All that a UUID may look like."""
    forms = [id_, id_.replace("-", ""), f"{{{id_}}}", f"%7B{id_}%7d"]
    urns = ["urn:uuid:" + id_, "urn:uuid:" + id_.upper(), "urn%3auuid%3a" + id_]
    return forms + [form.upper() for form in forms] + urns


def test_a_cursor_may_be_spelled_in_every_way_that_a_uuid_is(client, room):
    first, second, third = [client.say(room, str(n)) for n in range(3)]
    for spelling in spellings(second["id"]):
        assert client.get(f"room={room}&timeout=0&after={spelling}").json == [third], spelling
        assert client.get(f"room={room}&before={spelling}").json == [first], spelling


def test_a_cursor_that_names_no_message_is_only_compared(client, room):
    message = client.say(room, "one")
    assert client.get(f"room={room}&timeout=0&after=00000000-0000-0000-0000-000000000001").json == [
        message
    ]
    assert client.get(f"room={room}&after={NEWEST}&timeout=0").json == []


def follow_links(client, target):
    """All pages from `target` on, each with its messages."""
    pages = []
    while target:
        answer = client.request("GET", target)
        pages.append(answer.json)
        link = answer.headers.get("link")
        target = link and urljoin(target, link[1 : link.index(">")])
    return pages


def test_links_lead_forwards_through_all_pages(client, room):
    messages = [client.say(room, str(n)) for n in range(5)]
    pages = follow_links(client, f"/messages?room={room}&timeout=0&limit=2")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(pages, []) == messages


def test_before_pages_backwards_and_its_links_do_too(client, room):
    messages = [client.say(room, str(n)) for n in range(5)]
    pages = follow_links(client, f"/messages?room={room}&limit=2&before={NEWEST}")
    assert [[m["body"] for m in page] for page in pages] == [["3", "4"], ["1", "2"], ["0"]]
    assert client.get(f"room={room}&before={messages[0]['id']}").json == []


def test_prefer_wait_is_acknowledged_and_the_parameter_wins(client, room):
    preferred = client.get(f"room={room}", Prefer="wait=0")
    assert preferred.headers["preference-applied"] == "wait=0"
    overruled = client.get(f"room={room}&timeout=0", Prefer="wait=50")
    assert "preference-applied" not in overruled.headers
    nonsense = client.get(f"room={room}&timeout=0", Prefer="wait=soon")
    assert nonsense.status == 200


def test_a_key_that_is_repeated_answers_the_first_message(client, room):
    first = client.say(room, "once", Idempotency_Key="k" + room[:60])
    again = client.say(room, "once", Idempotency_Key="k" + room[:60])
    assert first == again
    assert read_all(client, room) == [first]


@pytest.mark.parametrize("change", [{"body": "two"}, {"room": "elsewhere"}, {"author": "Eve"}])
def test_a_key_that_was_used_for_another_message_is_refused(client, room, change):
    client.say(room, "one", Idempotency_Key=room)
    answer = client.post({"body": "one", "room": room} | change, Idempotency_Key=room)
    assert answer.status == 422 and list(answer.json) == ["error"]


def test_the_same_key_at_the_same_time_stores_one_message(stack, client, room):
    posts = [Background(Client(stack).say, room, "same", Idempotency_Key=room) for _ in range(20)]
    assert len({post.result()["id"] for post in posts}) == 1
    assert len(read_all(client, room)) == 1


def test_who_wrote_through_one_worker_reads_it_through_any_other(client, room):
    for n in range(50):
        client.say(room, str(n))
        assert len(client.get(f"room={room}&timeout=0").json) == n + 1


def test_bodies_of_0_and_10000_bytes_are_kept_to_the_byte(client, room):
    bodies = ["", "ä" * 5000, 'quotes " \\ and \n\t \u2028 \U0001f600', "{}NULL,\\N"]
    for body in bodies:
        client.say(room, body)
    assert [message["body"] for message in read_all(client, room)] == bodies


def test_a_page_is_cut_where_it_would_become_too_large(client, room):
    for n in range(120):
        client.say(room, f"{n:03}" + "x" * 9997)
    assert client.get(f"room={room}&timeout=0").headers["link"].endswith('rel="next"')
    bodies = [message["body"][:3] for message in read_all(client, room)]
    assert bodies == [f"{n:03}" for n in range(120)]


def test_health_is_ok(client):
    answer = client.request("GET", "/healthz")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
