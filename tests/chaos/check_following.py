"""What a reader of changes has built of what he was told, beside the table."""

from itertools import islice

from findings import (
    ALTERED,
    DOUBLED,
    KEPT,
    LOST,
    OUT_OF_ORDER,
    PHANTOM,
    WENT_BACK,
    Findings,
    name,
)
from gone import Gone
from history import Beginning, Reading
from lives import Lives
from rows import Row


def check_following(
    reading: Reading, rows: list[Row], lives: Lives, gone: Gone, findings: Findings
) -> None:
    follower = Follower(reading.name, lives, gone, findings)
    records = ((message_id, position, digest) for message_id, position, digest, _ in reading.seen())
    counted = len(reading)
    ends = [*(beginning.first for beginning in reading.beginnings[1:]), counted]
    for beginning, end in zip(reading.beginnings, ends):
        follower.begin(beginning.after, list(islice(records, beginning.page)))
        for record in islice(records, end - beginning.first - beginning.page):
            follower.follow(*record)
    for message_id, _, digest, _ in reading.seen():
        if not lives.may_be(message_id, digest):
            findings.add(
                ALTERED, message_id, f"{reading.name} saw another message as {name(message_id)}"
            )
    follower.compare(reading.beginnings[-1], rows)


class Follower:
    """Keeps of each message what has the greater position, and says where that was not what came
    next."""

    def __init__(self, who: str, lives: Lives, gone: Gone, findings: Findings):
        self.who = who
        self.lives = lives
        self.gone = gone
        self.findings = findings
        self._greatest: dict[bytes, bytes] = {}  # position that was seen of each message, ever
        self._state: dict[bytes, tuple[bytes, int]] = {}
        self._after = b""
        self._oldest: bytes | None = None  # of the page that it began with

    def begin(self, after: bytes, page: list[tuple[bytes, bytes, int]]) -> None:
        """Drops what it has. The page is that of the newest messages as of this position."""
        self._state = {}
        self._after = after
        self._oldest = page[0][0] if page else None
        before = b""
        for message_id, position, digest in page:
            if message_id <= before or position > after:
                self._add(
                    OUT_OF_ORDER, message_id, f"began with {name(message_id)} out of its place"
                )
            before = message_id
            self._keep(message_id, position, digest)

    def follow(self, message_id: bytes, position: bytes, digest: int) -> None:
        what = f"{name(message_id)} at {name(position)}"
        if position > self._after:
            self._after = position
        elif self._state.get(message_id, (b"",))[0] == position:
            self._add(DOUBLED, message_id, f"saw {what} again")
        else:
            self._add(OUT_OF_ORDER, message_id, f"saw {what} after {name(self._after)}")
        self._keep(message_id, position, digest)

    def _keep(self, message_id: bytes, position: bytes, digest: int) -> None:
        greatest = self._greatest.get(message_id, b"")
        # What a restore has lost is no more, and the message is again what it was before.
        if position < greatest and not self.gone.lost(greatest):
            what = f"{name(message_id)} at {name(position)} after {name(greatest)}"
            self._add(WENT_BACK, message_id, f"saw {what}")
        self._greatest[message_id] = max(greatest, position)
        if position >= self._state.get(message_id, (b"",))[0]:
            self._state[message_id] = (position, digest)

    def compare(self, beginning: Beginning, rows: list[Row]) -> None:
        """Of what it began with or came later it must have everything, as it is now."""
        for row in rows:
            came = self._oldest is not None and row.id >= self._oldest
            if row.position > beginning.after or came:
                self._compare_row(row)
        stored = {row.id for row in rows}
        for message_id in self._state.keys() - stored:
            if self.gone.deleted(message_id):
                self._add(KEPT, message_id, f"still has {name(message_id)}, which was removed")
            elif not self.gone.lost(message_id):
                self._add(PHANTOM, message_id, f"has {name(message_id)}, which is not there")

    def _compare_row(self, row: Row) -> None:
        what = f"{name(row.id)} at {name(row.position)}"
        position, digest = self._state.get(row.id, (b"", None))
        if position < row.position:
            # Who came by while it stood at a change that is lost now has missed nothing.
            if not self.lives.was_taken_back(row.id):
                self._add(LOST, row.id, f"never saw {what}")
        elif position > row.position:
            if not self.gone.lost(position):
                self._add(
                    PHANTOM, row.id, f"has {name(row.id)} at {name(position)}, and it is {what}"
                )
        elif digest != row.digest:
            self._add(ALTERED, row.id, f"saw another message as {what}")

    def _add(self, kind: str, message_id: bytes, words: str) -> None:
        self.findings.add(kind, message_id, f"{self.who} {words}")
