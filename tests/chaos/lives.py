"""What each message was, in its order: posted, edited, deleted; and when that was known."""

from dataclasses import dataclass

from gone import SERVED_FOR_MS, Gone
from history import Change, Post


@dataclass
class Life:
    """Of a message that was changed. State 0 is the message as it was posted, state n what its
    change n made of it."""

    posted: int  # the digest
    changes: list[Change]
    gone: Gone

    def __post_init__(self):
        self.digests = [self.posted, *(change.sent for change in self.changes)]
        self._replaced_ms: list[int | None] = [None]
        for change in reversed(self.changes):
            known = [answered for _, _, _, answered in self.firm(change)]
            known += [ms for ms in self._replaced_ms[-1:] if ms is not None]
            self._replaced_ms.append(min(known, default=None))
        self._replaced_ms.reverse()

    def firm(self, change: Change):
        """The answers that no restore can have made void."""
        return [
            answer for answer in change.answers if not self.gone.may_have_lost(answer[2], answer[3])
        ]

    def state(self, digest: int) -> int | None:
        return self.digests.index(digest) if digest in self.digests else None

    def last_firm(self) -> int:
        """The state that it must have reached."""
        firm = (n for n, change in enumerate(self.changes, 1) if self.firm(change))
        return max(firm, default=0)

    def was_taken_back(self, deletion: bool = False) -> bool:
        """Whether a restore may have lost a change, or a deletion: then readers may have been told
        what is true no more, or passed by what was elsewhere in that moment."""
        return any(
            change.deletion >= deletion
            and not self.firm(change)
            and (change.answers or (change.unresolved and self.gone.losses))
            for change in self.changes
        )

    def is_deleted(self, state: int) -> bool:
        return state > 0 and self.changes[state - 1].deletion

    def may_be_deleted(self) -> bool:
        return any(change.deletion for change in self.changes)

    def positions(self, message_id: bytes, state: int) -> set[bytes]:
        """At which it was told to be; none where nobody was."""
        if state == 0:
            return {message_id}
        answers = (answer for change in self.changes for answer in self.firm(change))
        return {
            position
            for position, digest, _, _ in answers
            if digest == self.digests[state] and not self.is_deleted(state)
        }

    def replaced_ms(self, state: int) -> int | None:
        """Since when it is known that it is not that any more."""
        return self._replaced_ms[state]


class Lives:
    def __init__(self, posts: dict[int, Post], changes: dict[bytes, list[Change]], gone: Gone):
        # Which post became which message, as far as writers were told.
        self.serials = {
            message_id: serial for serial, post in posts.items() for message_id, *_ in post.answers
        }
        self.posted = {
            message_id: posts[serial].sent for message_id, serial in self.serials.items()
        }
        self.changed = {
            message_id: Life(self.posted[message_id], made, gone)
            for message_id, made in changes.items()
        }

    def add(self, message_id: bytes, post: Post) -> None:
        """A message of the table, whose writer may not have been told of it."""
        self.posted.setdefault(message_id, post.sent)

    def may_be_deleted(self, message_id: bytes) -> bool:
        return message_id in self.changed and self.changed[message_id].may_be_deleted()

    def was_taken_back(self, message_id: bytes, deletion: bool = False) -> bool:
        return message_id in self.changed and self.changed[message_id].was_taken_back(deletion)

    def may_be(self, message_id: bytes, digest: int, deleted: bool = True) -> bool:
        """Whether the message may ever have been so; deleted as well, or not."""
        life = self.changed.get(message_id)
        if life is None:
            return digest == self.posted.get(message_id, digest)
        state = life.state(digest)
        return state is not None and (deleted or not life.is_deleted(state))

    def served_late(self, message_id: bytes, digest: int, asked_ms: int) -> int | None:
        """How late the answer to a request that began then says what the message was before."""
        life = self.changed.get(message_id)
        state = life.state(digest) if life else None
        replaced_ms = None if state is None else life.replaced_ms(state)
        if replaced_ms is None or asked_ms <= replaced_ms + SERVED_FOR_MS:
            return None
        return asked_ms - replaced_ms
