"""One POST at a time under a key, to repeat it after its message was removed."""

import http.client
import json
import time

from history import Post
from stack import Failure, wait_until
from table import digest

ANSWERED_S = 60
ROOM = "room-0"
AUTHOR = "probe"
FIRST_SERIAL = 0xF << 60  # the clients' writers count from their number << 32


class Probe:
    """Its posts are judged like those of the clients. For one thread."""

    def __init__(self, stack):
        self.stack = stack
        self.posts: dict[int, Post] = {}

    def post(self) -> int:
        """Stores a message, and returns its serial."""
        serial = FIRST_SERIAL + len(self.posts)
        self.posts[serial] = Post(digest(ROOM, AUTHOR, body_of(serial)))
        self.repeat(serial)
        return serial

    def repeat(self, serial: int) -> None:
        if not wait_until(lambda: self._answered(serial), ANSWERED_S, 0.2):
            raise Failure(f"The POST {serial:016x} is not answered in {ANSWERED_S} s.")

    def _answered(self, serial: int) -> bool:
        asked_ms = int(time.monotonic() * 1000)
        message = {"room": ROOM, "author": AUTHOR, "body": body_of(serial)}
        status, answer = request(
            self.stack.nginx.port,
            "POST",
            "/messages",
            json.dumps(message),
            {"Content-Type": "application/json", "Idempotency-Key": f"probe-{serial}"},
        )
        post = self.posts[serial]
        if status == 200:
            post.answers.append((id_of(answer), digest_of(answer), asked_ms))
        elif status == 410:
            post.gone_ms.append(asked_ms)
        return status in (200, 410)


def body_of(serial: int) -> str:
    return f"{serial:016x} probe"


def id_of(message: dict) -> bytes:
    return bytes.fromhex(message["id"].replace("-", ""))


def digest_of(message: dict) -> int:
    return digest(message["room"], message["author"] or "", message["body"])


def request(port: int, method: str, target: str, body=None, headers=None) -> tuple[int, object]:
    """Status and JSON; 0 when no whole answer came: the errors of the clients are judged."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERED_S)
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, None
    finally:
        connection.close()
