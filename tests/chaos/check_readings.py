"""What readers were told, one after the other, beside the table."""

from collections import Counter

from check_following import check_following
from findings import ALTERED, DOUBLED, LOST, OUT_OF_ORDER, PHANTOM, Findings, name
from gone import Gone
from history import Reading
from lives import Lives
from rows import Row
from served import check_served


def check_reading(
    reading: Reading, rows: list[Row], lives: Lives, gone: Gone, findings: Findings
) -> None:
    """`rows` are in the order of their ids."""
    rows = [row for row in rows if reading.room in ("*", row.room)]
    if reading.changes:
        check_following(reading, rows, lives, gone, findings)
    else:
        check_sequence(reading, rows, lives, gone, findings)
    for message_id, position, digest, asked_ms in reading.seen():
        seen = (message_id, position, digest)
        check_served(reading.name, seen, asked_ms, lives, gone, findings)


def check_sequence(
    reading: Reading, rows: list[Row], lives: Lives, gone: Gone, findings: Findings
) -> None:
    """Of a reader who is not told of changes: each message once, by id, deleted ones not at all."""
    after = reading.beginnings[0].after
    expected = {row.id: row for row in rows if row.id > after}
    times = Counter(message_id for message_id, *_ in reading.seen())
    for row in expected.values():
        if row.id in times or row.deleted:
            continue
        # Who came by while it was deleted has missed nothing.
        if not lives.was_taken_back(row.id, deletion=True):
            findings.add(LOST, row.id, f"{reading.name} never saw {name(row.id)}")
    for message_id, count in times.items():
        if count > 1:
            findings.add(
                DOUBLED, message_id, f"{reading.name} saw {name(message_id)} {count} times"
            )
    greatest = after
    for message_id, _, digest, _ in reading.seen():
        if message_id not in expected and gone.since(message_id) is None:
            findings.add(
                PHANTOM,
                message_id,
                f"{reading.name} saw {name(message_id)}, which is not in {reading.room} "
                f"after {name(after)}",
            )
        elif not lives.may_be(message_id, digest, deleted=False):
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
