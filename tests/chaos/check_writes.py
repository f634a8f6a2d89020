"""What writers were told of their messages and changes, beside the table."""

from collections import defaultdict

from findings import ALTERED, DOUBLED, LOST, NOT_GONE, PHANTOM, UNRESOLVED, Findings, name
from gone import Gone
from history import Change, Post
from lives import Life, Lives
from served import check_served
from rows import Row


def check_posts(
    rows: list[Row], posts: dict[int, Post], lives: Lives, gone: Gone, findings: Findings
) -> None:
    stored = defaultdict(list)
    for row in rows:
        if row.serial in posts:
            stored[row.serial].append(row)
            lives.add(row.id, posts[row.serial])
        else:
            findings.add(PHANTOM, row.id, f"{name(row.id)} is in the table, and nobody posted it")
    for serial, post in posts.items():
        check_post(serial, post, stored.get(serial, []), lives, gone, findings)


def check_post(
    serial: int, post: Post, rows: list[Row], lives: Lives, gone: Gone, findings: Findings
) -> None:
    what = f"the message {serial:016x}"
    if len(rows) > 1:
        ids = " and ".join(name(row.id) for row in rows)
        findings.add(DOUBLED, serial, f"{what} was posted once and stored as {ids}")
    for row in rows:
        if row.digest != post.sent and not lives.may_be(row.id, row.digest):
            findings.add(ALTERED, row.id, f"{name(row.id)} is not what was sent as {what}")
    if not post.answers and not post.unresolved and not post.gone_ms:
        findings.add(UNRESOLVED, serial, f"{what} was sent and never answered")
    known = {row.id for row in rows}
    for message_id, digest, asked_ms in set(post.answers):
        seen = (message_id, message_id, digest)
        check_served(f"the writer of {what}", seen, asked_ms, lives, gone, findings)
        if message_id not in known and gone.since(message_id) is None:
            findings.add(LOST, serial, f"{what}, acknowledged as {name(message_id)}")
        elif digest != post.sent and not lives.may_be(message_id, digest, deleted=False):
            findings.add(ALTERED, message_id, f"the answer to {what} is another message")
    check_once(serial, post, rows, lives, gone, findings)


def check_once(
    serial: int, post: Post, rows: list[Row], lives: Lives, gone: Gone, findings: Findings
) -> None:
    """A restore loses the key with its message, so the same POST stores it again; a deletion
    does not: its key answers 410."""
    what = f"the message {serial:016x}"
    ids = {row.id for row in rows} | {message_id for message_id, _, _ in post.answers}
    stored = {message_id for message_id in ids if not gone.lost(message_id)}
    removed = {message_id for message_id in stored if gone.deleted(message_id)}
    if removed and len(stored) > 1:
        findings.add(DOUBLED, serial, f"{what} was stored again after it was deleted")
    if not post.gone_ms or any(lives.may_be_deleted(message_id) for message_id in ids):
        return
    # Whoever never got an id from it, because its first answer was cut, is told 410 as well.
    if rows or not (removed or gone.deleted_serial(serial)):
        findings.add(NOT_GONE, serial, f"{what} was answered 410, and nobody deleted it")


def check_changes(rows: list[Row], lives: Lives, gone: Gone, findings: Findings) -> None:
    stored = {row.id: row for row in rows}
    for message_id, life in lives.changed.items():
        for number, change in enumerate(life.changes, 1):
            what = f"change {number} of {name(message_id)}"
            check_change(what, number, change, message_id, life, gone, findings)
        if message_id in stored:
            check_state(stored[message_id], life, findings)
    for row in rows:
        if row.version and row.id in lives.posted and row.id not in lives.changed:
            findings.add(
                ALTERED, row.id, f"{name(row.id)} has a version, and nobody has changed it"
            )


def check_change(
    what: str, number: int, change: Change, message_id: bytes, life: Life, gone: Gone,
    findings: Findings,
) -> None:  # fmt: skip
    if not change.answers and not change.unresolved and not change.gone:
        findings.add(UNRESOLVED, message_id, f"{what} was sent and never answered")
    for _, digest, _, _ in change.answers:
        state = life.state(digest)
        # Who sends it again is told the newest state, also when that is another one by now.
        if state is None or state < number:
            findings.add(ALTERED, message_id, f"the answer to {what} is another message")
    if change.gone and gone.since(message_id) is None and not life.may_be_deleted():
        findings.add(NOT_GONE, message_id, f"{what} was answered 404, and nobody deleted it")


def check_state(row: Row, life: Life, findings: Findings) -> None:
    """One writer changed it, and waited for each answer: so the last change must be in the table,
    made once."""
    state = life.state(row.digest)
    if state is None:
        return  # altered, as is said already
    if state < life.last_firm():
        findings.add(LOST, row.id, f"change {life.last_firm()} of {name(row.id)}, acknowledged")
        return
    told = life.positions(row.id, state)
    if told and row.position not in told:
        findings.add(
            DOUBLED,
            row.id,
            f"change {state} of {name(row.id)} was made as {name(told.pop())} and is stored as "
            f"{name(row.position)}",
        )
