"""The client in Python of docs/clients.md, as it stands there."""

import json
import re
import socket
import threading
import types
import uuid

from client import NEWEST, Client, until
from conftest import REPOSITORY


def client_of_the_manual(**replaced):
    text = (REPOSITORY / "docs/clients.md").read_text()
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S).group(1), names)
    names.update(replaced)
    return names["Chat"]


def state_of(stack) -> dict:
    rows = stack.postgres.psql("SELECT id, body FROM chat.messages WHERE NOT deleted")
    return dict(row.split("|", 1) for row in rows.splitlines())


def test_the_client_of_the_manual_ends_in_the_tables_state(make_stack):
    stack = make_stack(workers=2)
    chat = client_of_the_manual()(f"{stack.nginx.url}/")
    first = chat.say("lobby", "before it listens")
    threading.Thread(target=lambda: [None for _ in chat.follow()], daemon=True).start()

    def knows() -> dict:
        return {
            key: message["body"]
            for key, message in list(chat.messages.items())
            if "deleted_at" not in message
        }

    until(lambda: first["id"] in knows(), "it has begun")
    headers = {"Content-Type": "application/json", "Chat-Edit-Key": "s" * 22}
    for n in range(5):
        said = Client(stack).post(
            {"body": f"{n}", "room": f"room-{n}"},
            Chat_Edit_Key="s" * 22,
            Idempotency_Key=str(uuid.uuid4()),
        )
        path = f"/messages/{said.json['id']}"
        assert Client(stack).request("PATCH", path, '{"body": "edited"}', headers).status == 200
        if n % 2:
            assert Client(stack).request("DELETE", path, headers=headers).status == 204
        stack.workers.kill(n % 2)
        chat.say("lobby", f"after the death of {n}")
    until(lambda: knows() == state_of(stack), "it knows what the table holds")
    stack.postgres.psql("DELETE FROM chat.messages WHERE room = 'lobby'")
    chat.say("lobby", "after all")
    until(lambda: knows() == state_of(stack), "it has begun again")
    assert len(knows()) == 4


def test_an_older_page_that_arrives_behind_newer_changes_brings_nothing_back(make_stack):
    stack = make_stack(workers=2)
    client = Client(stack)
    secret = {"Content-Type": "application/json", "Chat-Edit-Key": "s" * 22}
    said = [
        client.post({"body": f"as said: {n}", "room": f"room-{n}"}, Chat_Edit_Key="s" * 22).json
        for n in range(6)
    ]
    paths = [f"/messages/{message['id']}" for message in said]
    assert client.request("PATCH", paths[1], '{"body": "edited before"}', secret).status == 200
    assert client.request("DELETE", paths[2], headers=secret).status == 204
    chat = client_of_the_manual()(f"{stack.nginx.url}/")
    threading.Thread(target=lambda: [None for _ in chat.follow()], daemon=True).start()
    until(lambda: len(chat.messages) == len(said), "it has begun")

    older, _ = chat.ask(f"{chat.url}messages?room=*&changes=1&before={NEWEST}")
    for number, body in ((0, "edited"), (1, "edited again"), (3, "edited, then deleted")):
        change = json.dumps({"body": body})
        assert client.request("PATCH", paths[number], change, secret).status == 200
    for number in (3, 4):
        assert client.request("DELETE", paths[number], headers=secret).status == 204
    newest = chat.say("lobby", "after all changes")
    until(lambda: newest["id"] in chat.messages, "it knows the changes")
    for message in older:
        chat.take(message)

    kept = {key: message for key, message in chat.messages.items() if "deleted_at" not in message}
    assert {key: message["body"] for key, message in kept.items()} == state_of(stack)
    assert sorted(message["body"] for message in kept.values()) == [
        "after all changes",
        "as said: 5",
        "edited",
        "edited again",
    ]


def test_a_message_is_sent_until_it_is_answered_whole_and_as_late_as_the_server_asks():
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"id": 1}',
    ]
    keys = []

    def answer_each():
        for answer in answers:
            peer, _ = listener.accept()
            with peer:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += peer.recv(65536)
                head, _, body = head.partition(b"\r\n\r\n")
                length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
                while len(body) < length:
                    body += peer.recv(65536)
                keys.append(re.search(rb"Idempotency-Key: (\S+)", head, re.I).group(1))
                peer.sendall(answer)

    slept = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer_each, daemon=True).start()
        chat = client_of_the_manual(time=types.SimpleNamespace(sleep=slept.append))
        said = chat(f"http://127.0.0.1:{listener.getsockname()[1]}/").say("lobby", "hello")

    assert said == {"id": 1}
    assert slept == [1, 7, 1]
    assert len(keys) == 4 and len(set(keys)) == 1
