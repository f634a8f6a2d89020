"""The marked lines of chat-setup in PostgreSQL's files, which belong to somebody else."""

import subprocess

import pytest

from conftest import REPOSITORY

BEGIN = '# chat-setup: begin. "chat-setup forbid" takes these lines out again.\n'
END = "# chat-setup: end\n"
OURS = "local chat chat_worker peer map=chat\n"
OTHER_CHAT = BEGIN.replace("setup:", "setup blue:") + OURS + END.replace("setup:", "setup blue:")
THEIRS = "local all postgres peer\nhost all all 10.0.0.0/8 scram-sha-256\n"


@pytest.mark.parametrize(
    "before, after",
    [
        (BEGIN + OURS + END + THEIRS, THEIRS),
        (THEIRS + BEGIN + OURS + END + OTHER_CHAT, THEIRS + OTHER_CHAT),
        (THEIRS + BEGIN + OURS + END.rstrip(), THEIRS),
        (THEIRS.rstrip(), THEIRS),
        # Somebody has edited it.
        (BEGIN + OURS + THEIRS, OURS + THEIRS),
        (BEGIN + OURS + END + BEGIN + THEIRS, THEIRS),
        (BEGIN + THEIRS + BEGIN + OURS + END, THEIRS),
    ],
)
def test_only_the_lines_of_chat_setup_go(var, before, after):
    file = var / "pg_hba.conf"
    file.write_text(before)
    script = 'instance= command=chat-setup; . scripts/setup/access.sh; without_block "$1"'
    left = subprocess.run(
        ["sh", "-euc", script, "sh", file],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout == after
