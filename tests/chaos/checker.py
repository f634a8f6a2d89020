"""Compares what clients were told with what is in the table. Knows no server, no file, no clock."""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from gone import Gone
from history import READ_SIZE, Post, Reading

LOST = "lost"
DOUBLED = "doubled"
OUT_OF_ORDER = "out of order"
PHANTOM = "phantom"
ALTERED = "altered"
BAD_ID = "invalid id"
UNRESOLVED = "without an answer"
SERVED_LATE = "gone and served"
NOT_GONE = "410 and not deleted"
ENOUGH = 5  # sentences about one kind
KINDS = (LOST, DOUBLED, OUT_OF_ORDER, PHANTOM, ALTERED, BAD_ID, UNRESOLVED, SERVED_LATE, NOT_GONE)


@dataclass(frozen=True)
class Row:
    """A message of the table."""

    id: bytes
    room: str
    digest: int
    serial: int | None  # what its body begins with; None: nobody of us wrote that
    commit: int  # greater for a transaction that committed later

    @property
    def record(self) -> bytes:
        return self.id + self.digest.to_bytes(4, "little")


@dataclass
class Findings:
    """Which messages are not as they should be, by kind, and a sentence for each first few."""

    messages: dict[str, set] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    sentences: list[str] = field(default_factory=list)

    def add(self, kind: str, message, sentence: str) -> None:
        if message not in self.messages[kind] and len(self.messages[kind]) < ENOUGH:
            self.sentences.append(f"{kind}: {sentence}")
        self.messages[kind].add(message)

    def count(self, kind: str) -> int:
        return len(self.messages[kind])

    def __bool__(self) -> bool:
        return any(self.messages.values())


def check(
    rows: list[Row],
    posts: dict[int, Post],
    readings: list[Reading],
    plausible_ms: tuple[int, int] | None = None,
    gone: Gone | None = None,
) -> Findings:
    """`rows` is the whole table. The readers are expected to have read to its end."""
    findings = Findings()
    gone = gone or Gone()
    rows = sorted(rows, key=lambda row: row.id)
    check_ids(rows, plausible_ms, findings)
    check_commit_order(rows, findings)
    check_removals(rows, gone, findings)
    check_posts(rows, posts, gone, findings)
    rooms = defaultdict(list)
    for row in rows:
        rooms[row.room].append(row)
    whole = {room: b"".join(row.record for row in members) for room, members in rooms.items()}
    for reading in readings:
        members = rooms[reading.room]
        begin = bisect_right(members, reading.after, key=lambda row: row.id)
        # All is well with nearly all readers, and bytes compare fast.
        if reading.records != whole.get(reading.room, b"")[begin * READ_SIZE :]:
            check_reading(reading, members[begin:], gone, findings)
        for message_id, asked_ms in reading.asked():
            check_served(reading.name, message_id, asked_ms, gone, findings)
    return findings


def check_removals(rows: list[Row], gone: Gone, findings: Findings) -> None:
    for row in rows:
        if gone.since(row.id) is not None:
            findings.add(SERVED_LATE, row.id, f"{name(row.id)} was removed and is in the table")


def check_served(who: str, message_id: bytes, asked_ms: int, gone: Gone, findings) -> None:
    if gone.served_late(message_id, asked_ms):
        late = (asked_ms - gone.since(message_id)) / 1000
        findings.add(
            SERVED_LATE,
            message_id,
            f"{who} asked {late:.2f} s after {name(message_id)} was removed, and got it",
        )


def check_ids(rows: list[Row], plausible_ms, findings: Findings) -> None:
    for row in rows:
        if plausible_ms and not plausible_ms[0] <= milliseconds(row.id) <= plausible_ms[1]:
            findings.add(BAD_ID, row.id, f"{name(row.id)} is of another time than the run")
    for message_id, times in Counter(row.id for row in rows).items():
        if times > 1:
            findings.add(BAD_ID, message_id, f"{name(message_id)} is the id of {times} messages")


def check_commit_order(rows: list[Row], findings: Findings) -> None:
    """Who reads on from an id must never meet a smaller one that was committed later."""
    earliest = None  # committed, among the greater ids
    for row in reversed(rows):
        if earliest is not None and row.commit > earliest.commit:
            findings.add(
                OUT_OF_ORDER,
                row.id,
                f"{name(row.id)} was committed after the greater {name(earliest.id)}",
            )
        else:
            earliest = row


def check_posts(rows: list[Row], posts: dict[int, Post], gone: Gone, findings: Findings) -> None:
    stored = defaultdict(list)
    for row in rows:
        if row.serial in posts:
            stored[row.serial].append(row)
        else:
            findings.add(PHANTOM, row.id, f"{name(row.id)} is in the table, and nobody posted it")
    for serial, post in posts.items():
        check_post(serial, post, stored.get(serial, []), gone, findings)


def check_post(serial: int, post: Post, rows: list[Row], gone: Gone, findings: Findings) -> None:
    what = f"the message {serial:016x}"
    if len(rows) > 1:
        ids = " and ".join(name(row.id) for row in rows)
        findings.add(DOUBLED, serial, f"{what} was posted once and stored as {ids}")
    for row in rows:
        if row.digest != post.sent:
            findings.add(ALTERED, row.id, f"{name(row.id)} is not what was sent as {what}")
    if not post.answers and not post.unresolved and not post.gone_ms:
        findings.add(UNRESOLVED, serial, f"{what} was sent and never answered")
    known = {row.id for row in rows}
    for message_id, digest, asked_ms in set(post.answers):
        check_served(f"the writer of {what}", message_id, asked_ms, gone, findings)
        if message_id not in known and gone.since(message_id) is None:
            findings.add(LOST, serial, f"{what}, acknowledged as {name(message_id)}")
        elif digest != post.sent:
            findings.add(ALTERED, message_id, f"the answer to {what} is another message")
    check_once(serial, post, known, gone, findings)


def check_once(serial: int, post: Post, known: set[bytes], gone: Gone, findings) -> None:
    """A restore loses the key with its message, so the same POST stores it again; a deletion
    does not: its key answers 410."""
    what = f"the message {serial:016x}"
    ids = known | {message_id for message_id, _, _ in post.answers}
    stored = {message_id for message_id in ids if not gone.lost(message_id)}
    deleted = {message_id for message_id in stored if gone.deleted(message_id)}
    if deleted and len(stored) > 1:
        findings.add(DOUBLED, serial, f"{what} was stored again after it was deleted")
    # Whoever never got an id from it, because its first answer was cut, is told 410 as well.
    if post.gone_ms and (known or not (deleted or gone.deleted_serial(serial))):
        findings.add(NOT_GONE, serial, f"{what} was answered 410, and nobody deleted it")


def check_reading(reading: Reading, expected: list[Row], gone: Gone, findings: Findings) -> None:
    """Says what is wrong with a sequence that is not the expected one."""
    read = records_of(reading.records)
    digests = {row.id: row.digest for row in expected}
    times = Counter(message_id for message_id, _ in read)
    for row in expected:
        if row.id not in times:
            findings.add(LOST, row.id, f"{reading.name} never saw {name(row.id)}")
    for message_id, count in times.items():
        if count > 1:
            findings.add(
                DOUBLED, message_id, f"{reading.name} saw {name(message_id)} {count} times"
            )
    greatest = reading.after
    for message_id, digest in read:
        if message_id not in digests and gone.since(message_id) is None:
            findings.add(
                PHANTOM,
                message_id,
                f"{reading.name} saw {name(message_id)}, which is not in {reading.room} "
                f"after {name(reading.after)}",
            )
        elif digest != digests.get(message_id, digest):
            findings.add(
                ALTERED, message_id, f"{reading.name} saw another message as {name(message_id)}"
            )
        if message_id < greatest and times[message_id] == 1:
            findings.add(
                OUT_OF_ORDER,
                message_id,
                f"{reading.name} saw {name(message_id)} after {name(greatest)}",
            )
        greatest = max(greatest, message_id)


def records_of(records: bytes) -> list[tuple[bytes, int]]:
    return [
        (records[at : at + 16], int.from_bytes(records[at + 16 : at + READ_SIZE], "little"))
        for at in range(0, len(records), READ_SIZE)
    ]


def milliseconds(message_id: bytes) -> int:
    return int.from_bytes(message_id[:6], "big")


def name(message_id: bytes) -> str:
    return str(UUID(bytes=message_id))
