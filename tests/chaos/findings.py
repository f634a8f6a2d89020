"""What is not as it should be."""

from dataclasses import dataclass, field
from uuid import UUID

LOST = "lost"
DOUBLED = "doubled"
OUT_OF_ORDER = "out of order"
WENT_BACK = "went back"
PHANTOM = "phantom"
ALTERED = "altered"
BAD_ID = "invalid id"
UNRESOLVED = "without an answer"
SERVED_LATE = "gone and served"
KEPT = "gone and not told"
NOT_GONE = "410 and not deleted"
ENOUGH = 5  # sentences about one kind
KINDS = (
    LOST,
    DOUBLED,
    OUT_OF_ORDER,
    WENT_BACK,
    PHANTOM,
    ALTERED,
    BAD_ID,
    UNRESOLVED,
    SERVED_LATE,
    KEPT,
    NOT_GONE,
)


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


def milliseconds(message_id: bytes) -> int:
    return int.from_bytes(message_id[:6], "big")


def name(message_id: bytes) -> str:
    return str(UUID(bytes=message_id))
