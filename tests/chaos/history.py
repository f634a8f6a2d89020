"""What the clients wrote down: the files that clients/history.hpp describes."""

import struct
import uuid
from dataclasses import dataclass, field
from pathlib import Path

POST = struct.Struct("<Q16sIB3xQ")
READ_SIZE = 20
SENT, ANSWERED, UNRESOLVED = 1, 2, 3


@dataclass
class Post:
    """One message that a writer sent, however often, and every answer that it got."""

    sent: int  # the digest
    answers: list[tuple[bytes, int]] = field(default_factory=list)  # id and digest
    unresolved: bool = False


@dataclass
class Reading:
    """What one reader saw, one after the other: an id of 16 bytes and a digest of 4 for each."""

    name: str
    room: str
    after: bytes
    records: bytes


def read_posts(path: Path) -> dict[int, Post]:
    """All posts by their serial numbers."""
    posts: dict[int, Post] = {}
    data = path.read_bytes()
    # The clients may have been killed in the middle of a record.
    data = data[: len(data) - len(data) % POST.size]
    for serial, message_id, digest, event, _ in POST.iter_unpack(data):
        if event == SENT:
            posts[serial] = Post(digest)
        elif event == ANSWERED:
            posts[serial].answers.append((message_id, digest))
        elif event == UNRESOLVED:
            posts[serial].unresolved = True
    return posts


def read_readings(directory: Path, starts: list[dict]) -> list[Reading]:
    """`starts` are the lines in which readers say where they begin."""
    readings = []
    for start in sorted(starts, key=lambda start: start["reader"]):
        records = (directory / f"reader-{start['reader']}.bin").read_bytes()
        readings.append(
            Reading(
                f"reader-{start['reader']}",
                start["room"],
                uuid.UUID(start["after"]).bytes,
                records[: len(records) - len(records) % READ_SIZE],
            )
        )
    return readings
