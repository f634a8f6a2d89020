"""Compares what clients were told with what is in the table. Knows no server, no file, no clock."""

from collections import Counter
from dataclasses import replace

from check_readings import check_reading
from check_writes import check_changes, check_posts
from findings import BAD_ID, OUT_OF_ORDER, SERVED_LATE, Findings, milliseconds, name
from gone import Gone
from history import Change, Post, Reading
from lives import Lives
from rows import Row
from served import check_served


def check(
    rows: list[Row],
    posts: dict[int, Post],
    readings: list[Reading],
    plausible_ms: tuple[int, int] | None = None,
    gone: Gone | None = None,
    changes: dict[bytes, list[Change]] | None = None,
    looks: list[tuple[int, list[tuple[bytes, int]]]] = (),
) -> Findings:
    """`rows` is the whole table. The readers are expected to have read to its end. `looks` are
    answers that somebody had besides: when he asked, and id and digest of each message."""
    findings = Findings()
    gone = gone or Gone()
    lives = Lives(posts, changes or {}, gone)
    # Of a deleted message no text says which one it was.
    rows = [replace(row, serial=lives.serials.get(row.id)) if row.deleted else row for row in rows]
    rows.sort(key=lambda row: row.id)
    check_positions(rows, plausible_ms, findings)
    check_commit_order(rows, findings)
    check_removals(rows, gone, findings)
    check_posts(rows, posts, lives, gone, findings)
    check_changes(rows, lives, gone, findings)
    for reading in readings:
        check_reading(reading, rows, lives, gone, findings)
    for asked_ms, page in looks:
        for message_id, digest in page:
            seen = (message_id, message_id, digest)
            check_served("a look", seen, asked_ms, lives, gone, findings)
    return findings


def check_removals(rows: list[Row], gone: Gone, findings: Findings) -> None:
    for row in rows:
        if gone.since(row.id) is not None:
            findings.add(SERVED_LATE, row.id, f"{name(row.id)} was removed and is in the table")


def check_positions(rows: list[Row], plausible_ms, findings: Findings) -> None:
    """Ids and versions come from one clock and never meet."""
    positions = Counter(row.id for row in rows)
    positions.update(row.version for row in rows if row.version)
    for position, times in positions.items():
        if plausible_ms and not plausible_ms[0] <= milliseconds(position) <= plausible_ms[1]:
            findings.add(BAD_ID, position, f"{name(position)} is of another time than the run")
        if times > 1:
            findings.add(BAD_ID, position, f"{name(position)} is the id of {times} messages")


def check_commit_order(rows: list[Row], findings: Findings) -> None:
    """Who reads on from a position must never meet a smaller one that was committed later. Of a
    message that was changed the table knows the last commit alone."""
    earliest = None  # committed, among the greater positions
    for row in sorted(rows, key=lambda row: row.position, reverse=True):
        if earliest is not None and row.commit > earliest.commit:
            findings.add(
                OUT_OF_ORDER,
                row.id,
                f"{name(row.position)} was committed after the greater {name(earliest.position)}",
            )
        else:
            earliest = row
