"""SQL by way of psql, which is there wherever PostgreSQL is."""

import subprocess
from pathlib import Path

from .children import Failure, say

REPOSITORY = Path(__file__).resolve().parents[2]


def run_psql(conninfo: str, sql: str, env: dict[str, str]) -> str:
    """Runs SQL and returns its rows, one a line, columns parted by |."""
    try:
        done = subprocess.run(
            [
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--no-align",
                "--tuples-only",
                "--set=ON_ERROR_STOP=1",
                "--dbname",
                conninfo,
                "--command",
                sql,
            ],
            capture_output=True,
            text=True,
            env=env,
        )
    except FileNotFoundError:
        raise Failure("psql is not installed. Run scripts/install-packages build run") from None
    if done.returncode != 0:
        raise Failure(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()


def migrate(conninfo: str, env: dict[str, str]) -> None:
    done = subprocess.run(
        [REPOSITORY / "sql/migrate", conninfo],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    )
    if done.returncode != 0:
        raise Failure(f"The database could not be migrated: {done.stdout.strip()}")
    for line in done.stdout.splitlines():
        say(f"  {line}")
