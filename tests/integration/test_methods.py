"""What else than GET and POST may be asked: HEAD, and the methods that nobody takes."""

import json
import socket
import uuid

import pytest
from client import NEWEST, PATIENCE_S, Background, Client, read_to_end

OPERATORS_PAGES = ["/healthz", "/metrics", "/status"]
# Of GETs that answer at once.
COMPARED = ["content-type", "cache-control", "link", "retry-after", "vary", "allow"]


@pytest.fixture
def client(stack):
    return Client(stack, keep=True)


@pytest.fixture
def room(client):
    """With three messages."""
    name = f"r{uuid.uuid4().hex}"
    for n in range(3):
        client.say(name, str(n))
    return name


def ask(stack, method: str, target: str) -> tuple[bytes, dict, bytes]:
    """All that comes back, however long it says to be."""
    connection = socket.create_connection(("127.0.0.1", stack.nginx.port), timeout=PATIENCE_S)
    request = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    connection.sendall(request.encode())
    head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    names = [header.split(": ", 1)[0].lower() for header in headers]
    values = [header.split(": ", 1)[1] for header in headers]
    assert len(set(names)) == len(names), f"a header stands twice: {headers}"
    return line, dict(zip(names, values)), body


@pytest.mark.parametrize(
    "query",
    [
        "timeout=0",
        "timeout=0&limit=2",
        f"before={NEWEST}&limit=2",
        f"after={NEWEST}&timeout=0",
        "limit=0",
        "after=x",
    ],
)
def test_head_is_a_get_without_its_body(stack, room, query):
    target = f"/messages?room={room}&{query}"
    get_line, get_headers, get_body = ask(stack, "GET", target)
    line, headers, body = ask(stack, "HEAD", target)
    assert (line, body) == (get_line, b"")
    assert headers["content-length"] == str(len(get_body)) and get_body
    assert [headers.get(name) for name in COMPARED] == [get_headers.get(name) for name in COMPARED]


def test_head_does_not_wait_whatever_it_prefers(client):
    for query, prefer in [("", "wait=50"), ("&timeout=50", "wait=50")]:
        # Had it waited, this would have been answered instead.
        answer = Background(
            client.request, "HEAD", f"/messages?room=quiet{query}", None, {"Prefer": prefer}
        )
        answer = answer.result()
        assert (answer.status, answer.headers["content-length"]) == (200, "2")
        assert "preference-applied" not in answer.headers


@pytest.mark.parametrize("path", [*OPERATORS_PAGES, "/", "/css/chat.css", "/nowhere"])
def test_head_works_wherever_get_does(stack, path):
    get_line, get_headers, _ = ask(stack, "GET", path)
    line, headers, body = ask(stack, "HEAD", path)
    assert (line, body) == (get_line, b"")
    assert headers["content-type"] == get_headers["content-type"]
    assert int(headers["content-length"]) > 0


def test_head_leaves_the_connection_as_it_was(client, room):
    for _ in range(20):
        assert client.request("HEAD", f"/messages?room={room}").text == b""
        assert len(client.get(f"room={room}&timeout=0").json) == 3


METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW"]
TAKEN = {"/messages": ["GET", "HEAD", "POST"]} | {path: ["GET", "HEAD"] for path in OPERATORS_PAGES}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", TAKEN)
def test_another_method_is_405_and_names_what_is_taken(stack, method, path):
    line, headers, body = ask(stack, method, f"{path}?room=a")
    assert line.startswith("HTTP/1.1 405 ")
    assert sorted(headers["allow"].split(", ")) == TAKEN[path]
    assert headers["content-type"] == "application/json" and headers["cache-control"] == "no-store"
    assert json.loads(body) == {"error": "Invalid argument: Method not allowed"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_a_file_can_only_be_read(stack, method):
    line, headers, body = ask(stack, method, "/")
    assert line.startswith("HTTP/1.1 405 ")
    assert sorted(headers["allow"].split(", ")) == ["GET", "HEAD"]
    assert json.loads(body) == {"error": "Invalid argument: Method not allowed"}


def test_what_is_answered_names_no_methods(client):
    for path in ["/messages?timeout=0", "/messages?limit=0", "/healthz", "/", "/nowhere"]:
        assert "allow" not in client.request("GET", path).headers
