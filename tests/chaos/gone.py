"""What was removed by hand, and from when on nobody may be told of it."""

from dataclasses import dataclass, field

# Guarantee 5 of the contract: 2 s later no worker serves it.
SERVED_FOR_MS = 2000


@dataclass(frozen=True)
class Loss:
    """A restore: what was stored between the copy and it is not there any more. PostgreSQL was
    down at both ends, so the milliseconds in an id say on which side of them it was made."""

    copied_ms: int  # of the wall clock, which ids go by
    stopped_ms: int
    restored_ms: int  # of the monotonic clock, which the clients' histories go by
    began_ms: int = 0  # the moment of the copy on that


@dataclass
class Gone:
    removed_ms: dict[bytes, int] = field(default_factory=dict)  # id: monotonic, at the commit
    serials: set[int | None] = field(default_factory=set)  # which posts those were
    losses: list[Loss] = field(default_factory=list)

    def deleted(self, message_id: bytes) -> bool:
        return message_id in self.removed_ms

    def deleted_serial(self, serial: int) -> bool:
        return serial in self.serials

    def lost(self, message_id: bytes) -> bool:
        return self._loss_of(message_id) is not None

    def since(self, message_id: bytes) -> int | None:
        """In milliseconds of the monotonic clock; None for what nobody removed."""
        if message_id in self.removed_ms:
            return self.removed_ms[message_id]
        loss = self._loss_of(message_id)
        return loss.restored_ms if loss else None

    def may_have_lost(self, asked_ms: int, answered_ms: int) -> bool:
        """What was done by a request of that time."""
        return any(
            loss.began_ms <= answered_ms and asked_ms <= loss.restored_ms for loss in self.losses
        )

    def _loss_of(self, message_id: bytes) -> Loss | None:
        made_ms = int.from_bytes(message_id[:6], "big")
        return next((x for x in self.losses if x.copied_ms <= made_ms <= x.stopped_ms), None)

    def served_late(self, message_id: bytes, asked_ms: int) -> bool:
        """Whether an answer to a request that began then may no longer hold it."""
        since = self.since(message_id)
        return since is not None and asked_ms > since + SERVED_FOR_MS
