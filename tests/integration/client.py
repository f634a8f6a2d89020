"""HTTP as the tests speak it: exact bytes out, everything that came back in."""

import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass, field

from processes import descriptors

NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
PATIENCE_S = 60
KEPT = 8


@dataclass
class Answer:
    status: int
    headers: dict = field(default_factory=dict)  # names in lower case
    text: bytes = b""

    @property
    def json(self):
        return json.loads(self.text)


class Client:
    """One connection at a time to a stack; safe to use from one thread."""

    def __init__(self, stack, keep: bool = False):
        self.port = stack.nginx.port
        self.kept = self._connect() if keep else None

    def _connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def request(self, method: str, target: str, body=None, headers=None) -> Answer:
        connection = self.kept or self._connect()
        try:
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            if connection is not self.kept:
                connection.close()

    def get(self, query: str = "", **headers) -> Answer:
        return self.request("GET", f"/messages?{query}", headers=named(headers))

    def post(self, message, **headers) -> Answer:
        """A message as a dict, or as bytes that go out as they are."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        headers = {"Content-Type": "application/json"} | named(headers)
        return self.request("POST", "/messages", body=body, headers=headers)

    def say(self, room: str, text: str, **headers) -> dict:
        answer = self.post({"room": room, "body": text}, **headers)
        assert answer.status == 200, answer
        return answer.json

    def insist(self, room: str, text: str, key: str) -> dict:
        """Says it as a client should: on 503, the same with the same key until it is stored."""
        answers = []

        def stored() -> bool:
            answers.append(self.post({"room": room, "body": text}, Idempotency_Key=key))
            assert answers[-1].status in (200, 503), answers[-1]
            return answers[-1].status == 200

        until(stored, f"{text!r} is stored")
        return answers[-1].json


class EventStream:
    """GET /messages as a stream, read as the standard of server-sent events says."""

    def __init__(self, stack, query: str = "", method: str = "GET", **headers):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", stack.nginx.port, timeout=PATIENCE_S
        )
        headers = {"Accept": "text/event-stream"} | named(headers)
        self.connection.request(method, f"/messages?{query}", headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.headers = {name.lower(): value for name, value in self.response.getheaders()}
        self.last_event_id = None

    def block(self) -> list[str] | None:
        """The lines up to the next empty one; None: the stream has ended in order."""
        lines = []
        while line := self.response.readline():
            if line == b"\n":
                return lines
            assert line.endswith(b"\n"), line
            lines.append(line.decode().rstrip("\n"))
        assert lines == [], "the stream ends within an event"
        return None

    def event(self) -> tuple[str, str | None, dict] | None:
        """The next event: its type, its id, its data. None: the stream has ended in order."""
        while (lines := self.block()) is not None:
            fields = dict(line.split(": ", 1) for line in lines)
            self.last_event_id = fields.get("id", self.last_event_id)
            if "data" in fields:
                kind = fields.get("event", "message")
                return kind, fields.get("id"), json.loads(fields["data"])
        return None

    def messages(self, count: int) -> list[dict]:
        """The next messages; what is told of cursors in between is passed over."""
        found = []
        deadline = time.monotonic() + PATIENCE_S
        while len(found) < count:
            assert time.monotonic() < deadline, f"only {len(found)} of {count} messages came"
            event = self.event()
            assert event is not None, f"the stream ended after {found}"
            if event[0] == "message":
                found.append(event[2])
        return found

    def cursor(self) -> dict:
        """The data of the next event, which tells a cursor."""
        kind, event_id, data = self.event()
        assert (kind, event_id) == ("cursor", data["after"])
        return data

    def rest(self) -> list[dict]:
        """The messages up to the end, in order or not."""
        found = []
        try:
            while event := self.event():
                if event[0] == "message":
                    found.append(event[2])
        except (OSError, AssertionError, http.client.HTTPException):
            pass
        return found

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def named(headers: dict) -> dict:
    """idempotency_key="k" is Idempotency-Key: k."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Background(threading.Thread):
    """A call in a thread of its own. result() waits for it, and raises what it raised."""

    def __init__(self, call, *arguments, **named_arguments):
        super().__init__(daemon=True)
        self.call = lambda: call(*arguments, **named_arguments)
        self.value = self.error = None
        self.start()

    def run(self):
        try:
            self.value = self.call()
        except BaseException as error:
            self.error = error

    def result(self):
        self.join(2 * PATIENCE_S)
        assert not self.is_alive(), "the call does not end"
        if self.error is not None:
            raise self.error
        return self.value


def until(condition, what: str, seconds: float = PATIENCE_S) -> None:
    """Waits for an event, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def read_all(client: Client, room: str, limit: int = 1000) -> list[dict]:
    """The whole room, in pages, as a client that follows reads it."""
    messages, after = [], ""
    while True:
        cursor = f"&after={after}" if after else ""
        page = client.get(f"room={room}&timeout=0&limit={limit}{cursor}")
        assert page.status == 200, page
        if not page.json:
            return messages
        messages += page.json
        after = messages[-1]["id"]


def held_by(stack) -> int:
    """The descriptors that the workers have open, all together."""
    return sum(map(descriptors, stack.workers.pids()))


class Polls:
    """Many polls of one room at once, over raw sockets and without threads."""

    def __init__(self, port: int, room: str, count: int, timeout: int = 55):
        target = f"/messages?room={room}&timeout={timeout}"
        request = f"GET {target} HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n\r\n".encode()
        self.sockets = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=2 * PATIENCE_S)
            connection.sendall(request)
            self.sockets.append(connection)

    @classmethod
    def parked(cls, stack, room: str, count: int) -> "Polls":
        """The same, once all of them wait in the workers."""
        held = held_by(stack)
        polls = cls(stack.nginx.port, room, count)
        # The first ones go over connections that nginx has kept.
        until(lambda: held_by(stack) >= held + count - KEPT, "all polls are parked")
        return polls

    def answers(self) -> list[bytes]:
        """What each got, to the end of its connection."""
        return [read_to_end(connection) for connection in self.sockets]

    def close(self) -> None:
        for connection in self.sockets:
            connection.close()


def read_to_end(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    connection.close()
    return received
