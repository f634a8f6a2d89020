"""Small histories of a chat for the tests of the checker, in which nothing is wrong."""

from checker import check
from findings import KINDS
from gone import Gone, Loss
from history import READ, Beginning, Change, Post, Reading
from rows import Row

NIL = bytes(16)
BEGAN_MS = 1_700_000_000_000


def message_id(n: int) -> bytes:
    """Also the position of whatever was changed then."""
    return (BEGAN_MS + n).to_bytes(6, "big") + bytes(10)


def row(n: int, **changes) -> Row:
    """The message n: its serial, its digest and the time of its commit are n."""
    fields = {"id": message_id(n), "room": "lobby", "digest": n, "serial": n, "commit": n}
    return Row(**fields | changes)


def changed_row(n: int, at: int, digest: int, **changes) -> Row:
    return row(n, digest=digest, commit=at, version=message_id(at), **changes)


def post(n: int) -> Post:
    return Post(n, [(message_id(n), n, n)])


def change(at: int, digest: int, deletion: bool = False) -> Change:
    """Was made, and answered, at that time."""
    position = NIL if deletion else message_id(at)
    return Change(digest, deletion, [(position, digest, at, at)])


def record(n: int, at: int | None = None, digest: int | None = None) -> bytes:
    """The message n as somebody saw it: at a position, and with a digest."""
    return READ.pack(message_id(n), message_id(at or n), n if digest is None else digest)


def reading(*numbers: int, after: bytes = NIL) -> Reading:
    records = b"".join(record(n) for n in numbers)
    return Reading("reader-0", "lobby", [Beginning(after)], records)


class History:
    """Five messages, and everybody saw what he should; until a test spoils it."""

    def __init__(self):
        self.rows = [row(n) for n in range(1, 6)]
        self.posts = {n: post(n) for n in range(1, 6)}
        self.changes = {}
        self.readings = [reading(1, 2, 3, 4, 5), reading(4, 5, after=message_id(3))]
        self.gone = Gone()
        self.looks = []

    def findings(self):
        plausible = (BEGAN_MS, BEGAN_MS + 1000)
        return check(
            self.rows, self.posts, self.readings, plausible, self.gone, self.changes, self.looks
        )

    def expect(self, kind: str, words: str) -> None:
        """One message of this kind is found, nothing else, and a sentence says so."""
        found = self.findings()
        assert {k: found.count(k) for k in KINDS if found.count(k)} == {kind: 1}, found.sentences
        assert any(
            sentence.startswith(kind) and words in sentence for sentence in found.sentences
        ), found.sentences

    def remove(self, n: int, at_ms: int = 100) -> None:
        """By hand."""
        self.rows = [row for row in self.rows if row.id != message_id(n)]
        self.gone.removed_ms[message_id(n)] = at_ms
        self.gone.serials.add(n)

    def restore(self, first: int, last: int, at_ms: int = 100) -> None:
        """Loses what was stored from the one to the other."""
        self.rows = [row for row in self.rows if not first <= row.serial <= last]
        self.gone.losses.append(Loss(BEGAN_MS + first, BEGAN_MS + last, at_ms, first))

    def ask(self, asked_ms: int, *numbers: int) -> None:
        self.readings = [reading(*numbers)]
        self.readings[0].polls = [(asked_ms, len(numbers))]
