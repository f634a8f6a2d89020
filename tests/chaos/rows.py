"""A message of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    id: bytes
    room: str
    digest: int
    serial: int | None  # what its body begins with; None: nobody of us wrote that
    commit: int  # greater for a transaction that committed later
    version: bytes | None = None
    deleted: bool = False

    @property
    def position(self) -> bytes:
        return self.version or self.id
