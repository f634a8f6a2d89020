"""What the clients wrote down: the files that clients/history.hpp describes."""

import struct
import uuid
from dataclasses import dataclass, field
from pathlib import Path

POST = struct.Struct("<Q16sIB3xQ")
READ_SIZE = 20
POLL = struct.Struct("<QI")
SENT, ANSWERED, UNRESOLVED, GONE = 1, 2, 3, 4


@dataclass
class Post:
    """One message that a writer sent, however often, and every answer that it got."""

    sent: int  # the digest
    # Of each answer: id, digest, and when its request began (ms of the monotonic clock).
    answers: list[tuple[bytes, int, int]] = field(default_factory=list)
    unresolved: bool = False
    gone_ms: list[int] = field(default_factory=list)  # began so, and was answered 410


@dataclass
class Reading:
    """What one reader saw, one after the other: an id of 16 bytes and a digest of 4 for each."""

    name: str
    room: str
    after: bytes
    records: bytes
    # The requests behind them, in the same order: when one began (ms of the monotonic clock), and
    # how many messages its answer had.
    polls: list[tuple[int, int]] = field(default_factory=list)

    def asked(self):
        """Each id that was read, with the moment at which its request began."""
        at = 0
        for asked_ms, count in self.polls:
            for _ in range(count):
                yield self.records[at : at + 16], asked_ms
                at += READ_SIZE


def read_posts(path: Path) -> dict[int, Post]:
    """All posts by their serial numbers."""
    posts: dict[int, Post] = {}
    data = path.read_bytes()
    # The clients may have been killed in the middle of a record.
    data = data[: len(data) - len(data) % POST.size]
    for serial, message_id, digest, event, at_ms in POST.iter_unpack(data):
        if event == SENT:
            posts[serial] = Post(digest)
        elif event == ANSWERED:
            posts[serial].answers.append((message_id, digest, at_ms))
        elif event == UNRESOLVED:
            posts[serial].unresolved = True
        elif event == GONE:
            posts[serial].gone_ms.append(at_ms)
    return posts


def read_readings(directory: Path, starts: list[dict]) -> list[Reading]:
    """`starts` are the lines in which readers say where they begin."""
    readings = []
    for start in sorted(starts, key=lambda start: start["reader"]):
        records = (directory / f"reader-{start['reader']}.bin").read_bytes()
        polls = (directory / f"polls-{start['reader']}.bin").read_bytes()
        readings.append(
            Reading(
                f"reader-{start['reader']}",
                start["room"],
                uuid.UUID(start["after"]).bytes,
                records[: len(records) - len(records) % READ_SIZE],
                list(POLL.iter_unpack(polls[: len(polls) - len(polls) % POLL.size])),
            )
        )
    return readings
