"""What the clients wrote down: the files that clients/history.hpp describes."""

import struct
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

POST = struct.Struct("<Q16sIB3xQ")
CHANGE = struct.Struct("<16s16sIIB7xQQ")
READ = struct.Struct("<16s16sI")
POLL = struct.Struct("<QI")
SENT, ANSWERED, UNRESOLVED, GONE, ERASING = 1, 2, 3, 4, 5


@dataclass
class Post:
    """One message that a writer sent, however often, and every answer that it got."""

    sent: int  # the digest
    # Of each answer: id, digest, and when its request began (ms of the monotonic clock).
    answers: list[tuple[bytes, int, int]] = field(default_factory=list)
    unresolved: bool = False
    gone_ms: list[int] = field(default_factory=list)  # began so, and was answered 410


@dataclass
class Change:
    """One edit or deletion of a message, however often it was sent."""

    sent: int  # the digest of the message as it is to be
    deletion: bool = False
    # Of each answer: position, digest, and when its request began and was answered. That to a
    # deletion has no position.
    answers: list[tuple[bytes, int, int, int]] = field(default_factory=list)
    unresolved: bool = False
    gone: bool = False  # was answered 404 or 410


@dataclass(frozen=True)
class Beginning:
    """From where on a reader counts what he is told."""

    after: bytes
    first: int = 0  # how many records come before it
    page: int = 0  # the records that he begins with: the newest messages


@dataclass
class Reading:
    """What one reader saw, one after the other: of each its id, its position and its digest."""

    name: str
    room: str  # "*": all
    beginnings: list[Beginning]  # several when he was told to begin again
    records: bytes
    # The requests behind them, in the same order: when one began (ms of the monotonic clock), and
    # how many messages came with its answer.
    polls: list[tuple[int, int]] = field(default_factory=list)
    changes: bool = False  # was told of changes too

    def __len__(self) -> int:
        return len(self.records) // READ.size

    def seen(self):
        """Of each record: id, position, digest, and when its request began; None: nobody knows."""
        asked = (asked_ms for asked_ms, count in self.polls for _ in range(count))
        for record in READ.iter_unpack(self.records):
            yield *record, next(asked, None)


def whole(data: bytes, record: struct.Struct) -> bytes:
    """The clients may have been killed in the middle of a record."""
    return data[: len(data) - len(data) % record.size]


def read_posts(path: Path) -> dict[int, Post]:
    """All posts by their serial numbers."""
    posts: dict[int, Post] = {}
    for serial, message_id, digest, event, at_ms in POST.iter_unpack(
        whole(path.read_bytes(), POST)
    ):
        if event == SENT:
            posts[serial] = Post(digest)
        elif event == ANSWERED:
            posts[serial].answers.append((message_id, digest, at_ms))
        elif event == UNRESOLVED:
            posts[serial].unresolved = True
        elif event == GONE:
            posts[serial].gone_ms.append(at_ms)
    return posts


def read_changes(path: Path) -> dict[bytes, list[Change]]:
    """All changes of each message, in the order in which they were sent, which is that in which
    they had to be made: one was answered before the next was sent."""
    changes: dict[bytes, dict[int, Change]] = defaultdict(dict)
    for message_id, position, number, digest, event, asked_ms, answered_ms in CHANGE.iter_unpack(
        whole(path.read_bytes(), CHANGE)
    ):
        if event in (SENT, ERASING):
            changes[message_id][number] = Change(digest, deletion=event == ERASING)
        change = changes[message_id][number]
        if event == ANSWERED:
            change.answers.append((position, digest, asked_ms, answered_ms))
        elif event == UNRESOLVED:
            change.unresolved = True
        elif event == GONE:
            change.gone = True
    return {
        message_id: [numbered[number] for number in sorted(numbered)]
        for message_id, numbered in changes.items()
    }


def read_readings(directory: Path, starts: list[dict]) -> list[Reading]:
    """`starts` are the lines in which readers say where they begin."""
    beginnings = defaultdict(list)
    for start in starts:
        beginnings[start["reader"]].append(start)
    readings = []
    for number, lines in sorted(beginnings.items()):
        records = (directory / f"reader-{number}.bin").read_bytes()
        polls = (directory / f"polls-{number}.bin").read_bytes()
        readings.append(
            Reading(
                f"reader-{number}",
                lines[0]["room"],
                [
                    Beginning(uuid.UUID(line["after"]).bytes, line["from"], line["page"])
                    for line in lines
                ],
                whole(records, READ),
                list(POLL.iter_unpack(whole(polls, POLL))),
                lines[0]["changes"],
            )
        )
    return readings
