"""The tests of the fault tester itself, and its short run in `make test`."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))


@pytest.fixture
def directory():
    """Short, open to the user that PostgreSQL runs as, removed after."""
    made = Path(tempfile.mkdtemp(prefix="chat-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)
