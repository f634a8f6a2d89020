"""What an answer may no longer hold, because it was removed or changed before it was asked for."""

from findings import SERVED_LATE, Findings, name
from gone import Gone
from lives import Lives


def check_served(
    who: str, seen: tuple[bytes, bytes, int], asked_ms: int | None, lives: Lives, gone: Gone,
    findings: Findings,
) -> None:  # fmt: skip
    """`seen` is what the answer says: an id, a position and a digest."""
    if asked_ms is None:
        return
    message_id, position, digest = seen
    # A restore loses changes as it loses messages.
    for removed in {message_id, position}:
        if gone.served_late(removed, asked_ms):
            late = (asked_ms - gone.since(removed)) / 1000
            findings.add(
                SERVED_LATE,
                message_id,
                f"{who} asked {late:.2f} s after {name(removed)} was removed, and got it",
            )
    late_ms = lives.served_late(message_id, digest, asked_ms)
    if late_ms is not None:
        findings.add(
            SERVED_LATE,
            message_id,
            f"{who} asked {late_ms / 1000:.2f} s after {name(message_id)} was changed, and got "
            "what it was before",
        )
