"""One message: read, edited, deleted; by whom, in which order, and once; through nginx."""

import json
import subprocess
import threading
import uuid
from contextlib import contextmanager
from http.client import HTTPConnection

import psycopg2
import pytest
from client import NEWEST, Answer, Background, Client, named
from sites import Host, basic, without_tls

SECRET = "s" * 22
NOBODY = "018bcfe5-687b-7000-8000-000000000000"


class Writer(Client):
    """A client that keeps the right to change what it says."""

    def say(self, room: str, text: str, **headers) -> dict:
        return super().say(room, text, **({"Chat_Edit_Key": SECRET} | headers))

    def patch(self, message_id: str, body, **headers) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps({"body": body}).encode()
        headers = {"Chat_Edit_Key": SECRET, "Content_Type": "application/json"} | headers
        headers = named({name: value for name, value in headers.items() if value is not None})
        return self.request("PATCH", f"/messages/{message_id}", body=content, headers=headers)

    def delete(self, message_id: str, **headers) -> Answer:
        headers = {"Chat_Edit_Key": SECRET} | headers
        headers = named({name: value for name, value in headers.items() if value is not None})
        return self.request("DELETE", f"/messages/{message_id}", headers=headers)

    def one(self, message_id: str, method: str = "GET") -> Answer:
        return self.request(method, f"/messages/{message_id}")

    def changes(self, room: str, after: str = "") -> list[dict]:
        return self.get(f"room={room}&changes=1&timeout=0{after and '&after='}{after}").json


@pytest.fixture
def client(stack):
    return Writer(stack)


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


def refused(answer: Answer, status: int, sentence: str) -> bool:
    return (answer.status, answer.json["error"]) == (status, sentence)


def tag(position: str) -> str:
    return f'"{position}"'


NOT_FOUND = "Not found: There is no such message"
FORBIDDEN = "Permission denied: Only whoever wrote a message may change it"


# One message


def test_every_answer_with_one_message_carries_its_position(client, room):
    answer = client.post({"body": "x", "room": room}, Chat_Edit_Key=SECRET)
    said = answer.json
    assert answer.headers["etag"] == tag(said["id"])
    assert sorted(said) == ["author", "body", "created_at", "id", "room"]
    one = client.one(said["id"])
    assert (one.status, one.json, one.headers["etag"]) == (200, said, tag(said["id"]))
    edited = client.patch(said["id"], "y")
    assert edited.headers["etag"] == tag(edited.json["version"]) != tag(said["id"])
    assert client.one(said["id"]).headers["etag"] == edited.headers["etag"]
    head = client.one(said["id"], "HEAD")
    assert (head.status, head.text, head.headers["etag"]) == (200, b"", edited.headers["etag"])


def test_any_spelling_of_an_id_names_the_message(client, room):
    said = client.say(room, "x")
    for spelling in (said["id"].upper(), said["id"].replace("-", ""), f"urn:uuid:{said['id']}"):
        assert client.one(spelling).json == said


@pytest.mark.parametrize("message_id", [NOBODY, NEWEST, "0" * 32])
def test_what_is_not_there_is_not_found(client, message_id):
    assert refused(client.one(message_id), 404, NOT_FOUND)
    assert refused(client.patch(message_id, "x"), 404, NOT_FOUND)
    assert refused(client.delete(message_id), 404, NOT_FOUND)


@pytest.mark.parametrize("name", ["", "x", NOBODY[:-1], NOBODY + "0", f"{NOBODY}/x"])
def test_a_path_that_names_no_message_is_another_path(client, name):
    for method in ("GET", "PATCH", "DELETE", "POST"):
        answer = client.request(method, f"/messages/{name}")
        assert (answer.status, answer.json) == (404, {"error": "Not found: Route not found"})


def test_another_method_is_told_which_ones_there_are(client):
    for method in ("POST", "PUT", "OPTIONS", "TRACE"):
        answer = client.request(method, f"/messages/{NOBODY}")
        assert answer.status == 405, method
        assert sorted(answer.headers["allow"].split(", ")) == ["DELETE", "GET", "HEAD", "PATCH"]


# Changing it


def test_an_edit_is_told_to_who_knows_that_messages_change_and_shown_to_all(client, stack, room):
    said = client.say(room, "helo")
    position = client.get(f"room={room}&before={NEWEST}").headers["chat-position"]
    poll = Background(Client(stack).get, f"room={room}&changes=1&timeout=55&after={position}")
    edited = client.patch(said["id"], "hello").json
    assert edited == said | {
        "body": "hello",
        "version": edited["version"],
        "edited_at": edited["edited_at"],
    }
    assert edited["version"] > said["id"] and edited["edited_at"] >= said["created_at"]
    assert poll.result().json == [edited]
    assert client.get(f"room={room}&timeout=0").json == [said | {"body": "hello"}]
    assert client.changes(room) == [edited]


def test_a_deleted_text_is_nowhere(client, stack, room):
    said = client.say(room, f"secret {uuid.uuid4()}")
    assert client.get(f"room={room}").json == [said]
    answer = client.delete(said["id"])
    assert (answer.status, answer.text) == (204, b"")
    assert "content-type" not in answer.headers and "content-length" not in answer.headers
    assert refused(client.one(said["id"]), 404, NOT_FOUND)
    assert client.get(f"room={room}&timeout=0").json == []
    assert client.get(f"room={room}&before={NEWEST}").json == []
    [gone] = client.changes(room)
    assert gone == {key: said[key] for key in ("id", "created_at", "room", "author")} | {
        "body": "",
        "version": gone["version"],
        "deleted_at": gone["deleted_at"],
    }
    found = stack.postgres.psql(f"SELECT count(*) FROM chat.messages WHERE body = '{said['body']}'")
    assert found == "0"


def test_the_same_body_again_mints_no_version(client, room):
    said = client.say(room, "same")
    answer = client.patch(said["id"], "same")
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, said, tag(said["id"]))
    assert client.changes(room, after=said["id"]) == []


def test_deleted_is_final(client, room):
    said = client.say(room, "x")
    assert client.delete(said["id"]).status == 204
    assert client.delete(said["id"], If_Match=tag(NOBODY)).status == 204
    assert refused(client.patch(said["id"], "y"), 404, NOT_FOUND)
    assert len(client.changes(room, after=said["id"])) == 1


def test_an_empty_body_is_an_edit_and_no_deletion(client, room):
    said = client.say(room, "x")
    assert client.patch(said["id"], "").json["body"] == ""
    assert client.get(f"room={room}&timeout=0").json == [said | {"body": ""}]


def test_an_edit_from_before_memory_reaches_who_waits(make_stack):
    stack = make_stack(worker_args=["--window-messages=100"])
    client = Writer(stack)
    old = client.say("old", "x")
    for n in range(3):
        stack.postgres.psql(
            "SELECT FROM chat.append(array_fill('x'::text, ARRAY[100]),"
            " array_fill('other'::text, ARRAY[100]), array_fill(NULL::text, ARRAY[100]),"
            f" ARRAY(SELECT {n} || ' ' || m FROM generate_series(1, 100) AS m))"
        )
    after = client.get(f"room=old&before={NEWEST}").headers["chat-position"]
    poll = Background(Client(stack).get, f"room=old&changes=1&timeout=55&after={after}")
    edited = client.patch(old["id"], "y").json
    assert poll.result().json == [edited]
    assert client.get("room=old&timeout=0").json == [old | {"body": "y"}]


# Who may


def test_only_the_key_of_the_message_opens_it(client, room):
    said = client.say(room, "x")
    without = client.post({"body": "without", "room": room}, Idempotency_Key=SECRET).json
    for other in ("t" * 22, None):
        assert refused(client.patch(said["id"], "y", Chat_Edit_Key=other), 403, FORBIDDEN)
        assert refused(client.delete(said["id"], Chat_Edit_Key=other), 403, FORBIDDEN)
    assert refused(client.patch(without["id"], "y"), 403, FORBIDDEN)
    assert refused(client.delete(without["id"], Idempotency_Key=SECRET), 403, FORBIDDEN)
    assert [message["body"] for message in client.get(f"room={room}").json] == ["x", "without"]


def test_the_database_keeps_no_edit_key(client, stack, room):
    said = client.say(room, "x", Chat_Edit_Key="k" * 64)
    kept = stack.postgres.psql(f"SELECT edit_key FROM chat.messages WHERE id = '{said['id']}'")
    digest = subprocess.run(["sha256sum"], input=b"k" * 64, capture_output=True, check=True)
    assert kept == "\\x" + digest.stdout.decode().split()[0]


@pytest.mark.parametrize("key", ["s" * 21, "s" * 65, "", "s" * 21 + " s", "ß" * 22])
def test_a_malformed_edit_key_is_refused(client, room, key):
    sentence = "Invalid argument: A Chat-Edit-Key is 22 to 64 visible ASCII characters"
    key = key.encode()
    said = client.say(room, "x")
    answers = [
        client.post({"body": "y", "room": room}, Chat_Edit_Key=key),
        client.patch(said["id"], "y", Chat_Edit_Key=key),
        client.delete(said["id"], Chat_Edit_Key=key),
    ]
    assert all(refused(answer, 400, sentence) for answer in answers)
    assert client.get(f"room={room}").json == [said]


def test_who_was_signed_in_changes_what_he_wrote_and_nobody_else_does(stack, var, room):
    host = Host(var)
    host.add("examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls)
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
    )
    (var / "chat.users").write_text("".join(f"{name}:{hashed.stdout}" for name in ("ann", "bob")))

    def ask(user, method, path, body=None, **headers):
        connection = HTTPConnection("127.0.0.1", host.ports["443"], timeout=60)
        headers = {"Content-Type": "application/json"} | basic(user) | named(headers)
        content = None if body is None else json.dumps(body)
        connection.request(method, path, body=content, headers=headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None

    with host.running():
        new = {"body": "mine", "room": room}
        said = ask("ann", "POST", "/messages", new, Chat_Edit_Key=SECRET)[1]
        path = f"/messages/{said['id']}"
        assert "signed_in" not in said and ask("ann", "GET", path)[1]["signed_in"] is True
        feed = f"/messages?room={room}&changes=1"
        assert ask("bob", "GET", feed)[1] == [said | {"signed_in": True}]
        # The key of somebody who is signed in gives nobody else a right.
        for headers in ({}, {"Chat_Edit_Key": SECRET}):
            assert ask("bob", "PATCH", path, {"body": "his"}, **headers)[0] == 403
            assert ask("bob", "DELETE", path, **headers)[0] == 403
        assert Writer(stack).patch(said["id"], "nobody's").status == 403
        edited = ask("ann", "PATCH", path, {"body": "still mine"})[1]
        assert (edited["body"], edited["signed_in"]) == ("still mine", True)
        assert ask("ann", "DELETE", path)[0] == 204

        # A name that somebody merely wrote is no proof.
        free = Client(stack).post({"body": "x", "room": room, "author": "ann"}).json
        assert ask("ann", "DELETE", f"/messages/{free['id']}")[0] == 403


# If-Match


def test_somebody_who_was_slower_is_told(client, room):
    said = client.say(room, "0")
    first = client.patch(said["id"], "1", If_Match=tag(said["id"]))
    assert first.status == 200
    sentence = "Precondition failed: The message has changed in the meantime"
    for stale in (tag(said["id"]), 'W/"x"', '""', f'{tag(NOBODY)}, "y"'):
        assert refused(client.patch(said["id"], "2", If_Match=stale), 412, sentence)
        assert refused(client.delete(said["id"], If_Match=stale), 412, sentence)
    for n, form in enumerate(("{}", "W/{}", '"x" ,  {}', "*")):
        now = client.one(said["id"]).headers["etag"]
        answer = client.patch(said["id"], f"body {n}", If_Match=form.format(now))
        assert answer.status == 200, form
    assert client.delete(said["id"], If_Match="*").status == 204


@pytest.mark.parametrize(
    "value", ["x", '"x', "", ",", '"x",', '"x" "y"', '*, "x"', ", ".join(['"x"'] * 101)]
)
def test_a_malformed_if_match_is_refused_and_changes_nothing(client, room, value):
    sentence = 'Invalid argument: If-Match is * or up to 100 entity tags such as "<position>"'
    said = client.say(room, "x")
    assert refused(client.patch(said["id"], "y", If_Match=value), 400, sentence)
    assert refused(client.delete(said["id"], If_Match=value), 400, sentence)
    # Where it means nothing it is not looked at.
    assert (
        client.request("GET", f"/messages/{said['id']}", headers={"If-Match": value}).json == said
    )


# Once


def test_a_change_that_is_sent_again_is_not_done_again(client, room):
    said = client.say(room, "0")
    key = {"Idempotency_Key": str(uuid.uuid4()), "If_Match": tag(said["id"])}
    first = client.patch(said["id"], "1", **key)
    second = client.patch(said["id"], "2")
    again = client.patch(said["id"], "1", **key)
    assert (again.status, again.json) == (200, second.json), first
    assert client.one(said["id"]).json["body"] == "2"


def test_an_edit_that_changed_nothing_is_not_done_later_either(client, room):
    said = client.say(room, "0")
    key = {"Idempotency_Key": str(uuid.uuid4())}
    assert client.patch(said["id"], "0", **key).json == said
    now = client.patch(said["id"], "1").json
    assert client.patch(said["id"], "0", **key).json == now


def test_a_key_belongs_to_one_change(client, room):
    one, two = client.say(room, "one"), client.say(room, "two")
    key = {"Idempotency_Key": str(uuid.uuid4())}
    assert client.patch(one["id"], "x", **key).status == 200
    others = [
        client.patch(one["id"], "y", **key),
        client.patch(two["id"], "x", **key),
        client.delete(one["id"], **key),
        client.post({"body": "x", "room": room}, **key),
    ]
    sentence = "Unprocessable: The Idempotency-Key was used before for another message"
    assert all(refused(answer, 422, sentence) for answer in others), others
    posted = {"Idempotency_Key": str(uuid.uuid4())}
    assert client.post({"body": "x", "room": room}, **posted).status == 200
    assert refused(client.delete(one["id"], **posted), 422, sentence)


def test_a_repeated_edit_of_what_is_deleted_by_now_is_gone(client, room):
    said = client.say(room, "0")
    key = {"Idempotency_Key": str(uuid.uuid4())}
    assert client.patch(said["id"], "1", **key).status == 200
    deletion = {"Idempotency_Key": str(uuid.uuid4())}
    assert client.delete(said["id"], **deletion).status == 204
    assert client.patch(said["id"], "1", **key).status == 410
    assert client.delete(said["id"], **deletion).status == 204


def test_a_repeated_post_answers_the_newest_state_and_then_that_it_is_gone(client, room):
    key = {"Idempotency_Key": str(uuid.uuid4())}
    said = client.say(room, "0", **key)
    edited = client.patch(said["id"], "1")
    again = client.post({"body": "0", "room": room}, **key)
    assert (again.status, again.json) == (200, said | {"body": "1"})
    assert again.headers["etag"] == edited.headers["etag"]
    assert client.post({"body": "1", "room": room}, **key).status == 422
    assert client.delete(said["id"]).status == 204
    assert client.post({"body": "0", "room": room}, **key).status == 410
    assert client.get(f"room={room}&timeout=0").json == []


def test_of_a_hundred_editors_each_is_heard_once_and_in_order(client, stack, room):
    said = client.say(room, "0")
    answers = []

    def edit(n: int) -> None:
        writer = Writer(stack, keep=True)
        for m in range(10):
            answers.append(writer.patch(said["id"], f"{n} {m}").json)

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["version"] for answer in answers}) == 100
    newest = max(answers, key=lambda answer: answer["version"])
    assert client.one(said["id"]).json == newest


def test_of_an_edit_and_a_deletion_at_once_the_deletion_stays(client, stack, room):
    for n in range(20):
        said = client.say(room, f"{n}")
        edit = Background(Writer(stack).patch, said["id"], "edited")
        assert client.delete(said["id"]).status == 204
        assert edit.result().status in (200, 404)
        assert client.one(said["id"]).status == 404
    assert client.get(f"room={room}&timeout=0").json == []
    assert all("deleted_at" in message for message in client.changes(room))


# Somebody in a psql


@contextmanager
def held(stack, statement: str, *arguments):
    """Somebody's transaction that stays open."""
    connection = psycopg2.connect(stack.postgres.conninfo())
    connection.cursor().execute(statement, arguments)
    yield
    connection.rollback()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM chat.messages WHERE id = %s FOR UPDATE",
        "UPDATE chat.messages SET body = body WHERE id = %s",
        "DELETE FROM chat.messages WHERE id = %s",
    ],
)
def test_who_holds_a_row_stops_nobody_but_its_own_change(make_stack, statement):
    stack = make_stack(worker_args=["--locked-message-ms=500"])
    client = Writer(stack)
    one, other = client.say("lobby", "held"), client.say("lobby", "other")
    with held(stack, statement, one["id"]):
        waiting = Background(Writer(stack).patch, one["id"], "changed")
        assert client.say("lobby", "meanwhile")["body"] == "meanwhile"
        assert client.patch(other["id"], "other, changed").status == 200
        assert client.delete(other["id"]).status == 204
        answer = waiting.result()
        sentence = "Unavailable: The message is locked in the database; try again"
        assert refused(answer, 503, sentence) and answer.headers["retry-after"] == "1"
    assert client.patch(one["id"], "changed").status == 200


def test_a_change_waits_for_who_lets_go_in_time(make_stack):
    stack = make_stack(workers=1, worker_args=["--locked-message-ms=30000"])
    client = Writer(stack)
    said = client.say("lobby", "held")
    with held(stack, "SELECT FROM chat.messages FOR UPDATE"):
        waiting = Background(Writer(stack).patch, said["id"], "changed")
        # Each of the same worker's: by the second, the change has been tried.
        for n in range(2):
            client.say("lobby", f"{n}")
        assert waiting.is_alive()
    assert waiting.result().status == 200


# By hand


def test_a_change_by_hand_is_seen_by_every_worker_and_tells_a_new_epoch(make_stack):
    stack = make_stack(workers=2)
    clients = [Client(stack) for _ in range(4)]
    said = Writer(stack).say("lobby", "x")
    epoch = clients[0].get().headers["chat-epoch"]
    polls = [
        Background(client.get, f"changes=1&timeout=55&epoch={epoch}&after={said['id']}")
        for client in clients
    ]
    stack.postgres.psql("UPDATE chat.messages SET body = 'by hand'")
    answers = [poll.result() for poll in polls]
    assert {answer.headers["chat-epoch"] for answer in answers} != {epoch}
    for client in clients:
        assert client.get("timeout=0").json == [said | {"body": "by hand"}]
    assert client.get().headers["chat-epoch"] != epoch


def test_a_change_of_ours_is_no_new_epoch(client, room):
    said = client.say(room, "x")
    epoch = client.get(f"room={room}").headers["chat-epoch"]
    client.patch(said["id"], "y")
    client.delete(said["id"])
    assert client.get(f"room={room}&changes=1").headers["chat-epoch"] == epoch
