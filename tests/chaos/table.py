"""The table as the checker wants it."""

import csv
import io
import subprocess
import zlib

from rows import Row

# By the time of the commit, as PostgreSQL noted it (track_commit_timestamp).
BY_COMMIT_TIME = "(extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint"
# By the number of the transaction. As good where transactions come one after the other, which is
# what chat.append's lock makes of them, and still right when somebody sets the clock.
BY_TRANSACTION = "xmin::text::bigint"


def read_rows(postgres, commit_order: str = BY_COMMIT_TIME) -> list[Row]:
    columns = (
        f"replace(id::text, '-', ''), replace(version::text, '-', ''), deleted, {commit_order},"
        " room, author, body"
    )
    psql = subprocess.Popen(
        [
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--dbname",
            postgres.conninfo(),
            "--command",
            f"COPY (SELECT {columns} FROM chat.messages ORDER BY id) TO STDOUT (FORMAT csv)",
        ],
        stdout=subprocess.PIPE,
        env=postgres.env,
    )
    # A body may have line ends of any kind.
    with io.TextIOWrapper(psql.stdout, encoding="utf-8", newline="") as lines:
        rows = [row_of(*fields) for fields in csv.reader(lines)]
    if psql.wait() != 0:
        raise RuntimeError("The table could not be read.")
    return rows


def row_of(digits: str, version: str, deleted: str, commit: str, *said: str) -> Row:
    return Row(
        bytes.fromhex(digits),
        said[0],
        digest(*said),
        serial_of(said[-1]),
        int(commit),
        bytes.fromhex(version) or None,
        deleted == "t",
    )


def digest(room: str, author: str, body: str) -> int:
    """As clients/seen.hpp has it."""
    return zlib.crc32(f"{room}\x1f{author}\x1f{body}".encode())


def serial_of(body: str) -> int | None:
    try:
        return int(body[:16], 16)
    except ValueError:
        return None
