"""The table of errors: the status, one plain sentence, and workers that live on."""

import json
import socket

import pytest
from client import NEWEST, PATIENCE_S, Client, read_to_end

JSON = {"Content-Type": "application/json"}
NIL = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def client(stack):
    pids = stack.workers.pids()
    yield Client(stack)
    assert stack.workers.pids() == pids, "a worker has died"


def expect_error(answer, status: int) -> str:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert list(answer.json) == ["error"] and answer.json["error"]
    return answer.json["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'"text"',
        b"{}",
        b'{"body": 1}',
        b'{"body": null}',
        b'{"body": "a", "body": "b"}',
        b'{"body": "a", "room": 7}',
        b'{"body": "a", "room": "Lobby"}',
        b'{"body": "a", "room": ""}',
        b'{"body": "a", "author": ""}',
        b'{"body": "a", "author": "' + b"x" * 129 + b'"}',
        b'{"body": "nul \\u0000"}',
        b'{"body": "lone \\ud800"}',
        b'{"body": "lone \\udc00"}',
        b'{"body": "overlong \xc0\xaf"}',
        b'{"body": "surrogate \xed\xa0\x80"}',
        b'{"body": "cut \xe2\x82"}',
        b'{"body": "x"} trailing',
        b"[" * 100 + b"]" * 100,
        b'{"body":' + b"[" * 30_000,
    ],
)
def test_a_body_that_is_no_message_is_400(client, body):
    expect_error(client.post(body), 400)


def test_a_message_of_10001_bytes_is_too_large(client):
    error = expect_error(client.post({"body": "x" * 10_001}), 400)
    assert error == "Invalid argument: Message is too large"


def test_a_request_of_64_kib_reaches_the_worker_and_a_larger_one_does_not(client):
    padding = b'{"body": "' + b"x" * (65_536 - 12) + b'"}'
    assert len(padding) == 65_536
    expect_error(client.post(padding), 400)
    expect_error(client.post(padding + b" "), 413)


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        f"after={NIL}0",
        "after=",
        "after=%00",
        f"after={NIL[:-3]}%00",
        f"after={{{NIL}",
        f"after=URN:UUID:{NIL}",
        f"after=urn:uuid:{NIL.replace('-', '')}",
        f"after={{{NIL.replace('-', '')}}}",
        f"after={NIL}&after={NIL}",
        f"after={NIL}&before={NEWEST}",
        "before=7",
        "room=UPPER",
        "room=",
        "room=a%00",
        "room=%zz",
        "room=*&room=a",
        "&".join(f"room=r{n}" for n in range(101)),
        "changes=yes",
        "changes=1&changes=1",
        "room=" + "a" * 65,
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=1e2",
        "limit=+5",
        "limit=",
        "timeout=56",
        "timeout=-1",
        "timeout=1.5",
        "timeout=1&timeout=1",
    ],
)
def test_a_malformed_parameter_is_400(client, query):
    assert expect_error(client.get(query), 400).startswith("Invalid argument: ")


@pytest.mark.parametrize("key", ["", "x" * 65, "with space", "\xfc"])
def test_a_malformed_key_is_400(client, key):
    expect_error(client.post({"body": "x"}, Idempotency_Key=key), 400)


@pytest.mark.parametrize("path", ["/nowhere", "/messages/1", "/messages/", "/.git/config"])
def test_another_path_is_404(client, path):
    assert expect_error(client.request("GET", path), 404) == "Not found: Route not found"


# nginx gives up on these before it has an address to speak of.
NO_REQUESTS = {
    "an address too long": (b"GET /messages?x=" + b"a" * 30000 + b" HTTP/1.1", 414),
    "a broken escape": (b"GET /%zz HTTP/1.1", 400),
    "a method in small letters": (b"get /messages HTTP/1.1", 400),
    "a way out of the root": (b"GET /../../etc/passwd HTTP/1.1", 400),
    "a NUL in the address": (b"GET /messages%00 HTTP/1.1", 400),
    "no address": (b"GET messages HTTP/1.1", 400),
    "another version": (b"GET / HTTP/9.9", 505),
}


def raw(stack, request: bytes) -> tuple[bytes, bytes]:
    connection = socket.create_connection(("127.0.0.1", stack.nginx.port), timeout=PATIENCE_S)
    connection.sendall(request + b"\r\nHost: chat\r\nConnection: close\r\n\r\n")
    head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(("line", "status"), NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_what_is_no_request_is_answered_in_json(stack, client, line, status):
    head, body = raw(stack, line)
    assert head.startswith(b"HTTP/1.1 %d " % status), head
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert list(json.loads(body)) == ["error"] and b"Internal error" not in body


AT_ONCE = b"GET /messages?timeout=0 HTTP/1.1\r\n"
CONTROLS = [chr(code) for code in (*range(1, 32), 127) if chr(code) not in "\t\r\n"]


def test_a_control_character_in_a_header_is_400(stack, client):
    for c in CONTROLS:
        for header in ["X-Some: a%sb", "User-Agent: %s", "Prefer: wait=1%s"]:
            head, body = raw(stack, AT_ONCE + (header % c).encode())
            assert head.startswith(b"HTTP/1.1 400 "), (c, header, head)
            assert json.loads(body)["error"].startswith("Invalid argument: ")
    # Not nginx's own business, and no control character of HTTP.
    head, _ = raw(stack, AT_ONCE + b"User-Agent: a\tb")
    assert head.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/jsonp"])
def test_a_post_that_is_no_json_is_415(client, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    expect_error(client.request("POST", "/messages", b'{"body":"x"}', headers), 415)


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json ; charset=utf-8"])
def test_parameters_and_case_of_the_content_type_do_not_matter(client, content_type):
    body = b'{"body":"x","room":"types"}'
    answer = client.request("POST", "/messages", body, {"Content-Type": content_type})
    assert answer.status == 200


def test_headers_cannot_forge_what_nginx_says(client):
    headers = {
        "Remote-User": "root",
        "Request-Id": "same",
        "Authorization": "Basic cm9vdDp4",
    }
    first, second = [
        client.request("POST", "/messages", b'{"body":"x","room":"forged"}', JSON | headers).json
        for _ in range(2)
    ]
    assert first["author"] is None and first["id"] != second["id"]
